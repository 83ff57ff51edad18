"""Which of several notebooks of one learner for one exercise counts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.collecting.download import Unreadable
from grader.collecting.handed_in import HandedIn
from grader.submissions.choosing import MOST_READ, answers_in
from grader.submissions.recognising import ENDING


@dataclass
class Notebook:
    """A notebook that was handed in, and the files that came with it."""

    file: HandedIn
    exercise: str | None
    beside: list[HandedIn] = field(default_factory=list)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its bytes. Raises Unreadable."""
        return hashlib.sha256(self.file.member.read()).hexdigest()

    @cached_property
    def answers(self) -> int:
        """How many questions it answers."""
        try:
            return answers_in(self.file.member.read(), self.exercise) if self.exercise else 0
        except Unreadable:
            return 0


@dataclass
class Choice:
    """The notebook that counts, if that can be told, and why each of the others does not."""

    chosen: Notebook | None
    others: list[tuple[Notebook, str]] = field(default_factory=list)


def choose(notebooks: Sequence[Notebook]) -> Choice:
    """The newest that answers anything. Where no order is told: the only one with answers, or with the exact name.

    One attempt may hold the notebook twice, as it was handed out and with the answers; so a blank one never counts
    before one with answers.
    """
    if len(notebooks) == 1:
        return Choice(notebooks[0])
    few = notebooks if len(notebooks) <= MOST_READ else notebooks[:0]
    filled = [n for n in few if n.answers] or list(notebooks)
    newest = max((n.file.newer for n in filled if n.file.newer is not None), default=None)
    if newest is not None and all(n.file.newer is not None for n in filled):
        first = [n for n in filled if n.file.newer == newest]
    else:
        exact = [n for n in filled if ENDING.sub("", n.file.path.rsplit("/", 1)[-1]) == n.exercise]
        first = exact if len(exact) == 1 else filled
    try:
        chosen = first[0] if len({n.digest for n in first}) == 1 else None
    except Unreadable:
        chosen = None
    if chosen is None:
        why = (
            f"there are {len(first)} notebooks for {first[0].exercise}, and nothing tells which one is meant: keep one"
        )
        return Choice(None, [(n, why) for n in notebooks])
    source = chosen.file.member.source
    return Choice(chosen, [(n, _why_not(n, chosen, source)) for n in notebooks if n is not chosen])


def _why_not(other: Notebook, chosen: Notebook, source: str) -> str:
    if other.file.newer is not None and chosen.file.newer is not None:
        if other.file.newer < chosen.file.newer:
            return f"an older attempt: {source} counts"
        if other.file.newer > chosen.file.newer:
            return f"newer, but nothing is answered in it: {source} counts"
    try:
        if other.digest == chosen.digest:
            return f"the same as {source}"
    except Unreadable:
        pass
    return f"there are two for {chosen.exercise}: {source} counts, " + (
        "which has its name" if other.answers else "for nothing is answered in the other"
    )
