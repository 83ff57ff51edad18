"""Some of a class: who is graded in this run, and whether what holds already is graded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from grader.submissions import Found, NoSubmissions


@dataclass(frozen=True)
class Selection:
    """only: LEARNER or LEARNER/EXERCISE each; none is everybody. again: earlier results do not count."""

    only: tuple[str, ...] = ()
    again: bool = False

    def of(self, found: Sequence[Found]) -> list[Found]:
        """Those of `found` that are asked for. Raises NoSubmissions where a name fits nobody."""
        if not self.only:
            return list(found)
        for name in self.only:
            if not any(_fits(name, one) for one in found):
                raise NoSubmissions(f"--only {name}: there is no such submission{_meant(name, found)}")
        return [one for one in found if any(_fits(name, one) for name in self.only)]

    def keeps_the_key(self, out: object) -> None:
        """Called where the course key is not that of the earlier results in `out`. Raises NoSubmissions where only some
        are graded: the others would be left with hidden inputs of another key."""
        if self.only:
            raise NoSubmissions(
                f"with --only, the course key stays that of the results in {out}: leave out --key, grade everybody, "
                "or give another --out"
            )


EVERYBODY = Selection()


def _fits(name: str, found: Found) -> bool:
    return name.rstrip("/") in (found.learner, f"{found.learner}/{found.exercise}")


def _meant(name: str, found: Sequence[Found]) -> str:
    """A question after what was meant, or how a name looks."""
    names = sorted({known for one in found for known in (one.learner, f"{one.learner}/{one.exercise}")})
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; give a learner's folder, or one and an exercise, such as {names[0]}"
