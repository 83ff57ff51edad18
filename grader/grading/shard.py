"""A part of a class that is graded by itself: the third of eight. No list of who belongs to which is needed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from grader.submissions import Found, NoSubmissions

MOST = 100_000


class BadShard(ValueError):
    """What was given is no shard; the message says how one looks."""


@dataclass(frozen=True)
class Shard:
    """The `number`th of `count` parts, from 1; written 3/8.

    Where a submission belongs follows from its learner and exercise alone, so it stays where it is as others come.
    Parts are therefore of about the same size, not of the same.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard that "3/8" names. Raises BadShard."""
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip(), re.ASCII)
        if match is None or not 1 <= int(match[1]) <= int(match[2]) <= MOST:
            raise BadShard(
                f"{text!r} is not a part of a class: give its number and how many there are, from 1/8 to 8/8"
            )
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def of(self, found: Iterable[Found]) -> list[Found]:
        """Those of `found` that belong to it."""
        return [one for one in found if number_of(one, self.count) == self.number]

    def keeps_the_key(self, out: object) -> None:
        """Called where the course key is not that of the earlier results in `out`. Raises NoSubmissions: the other
        shards' results would be left with hidden inputs of another key."""
        raise NoSubmissions(
            f"with --shard, the course key stays that of the results in {out}: leave out --key, give all shards the "
            "same one, or give another --out"
        )


def number_of(found: Found, count: int) -> int:
    """Which of `count` shards a submission belongs to, from 1."""
    name = f"{found.learner}\0{found.exercise}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % count + 1
