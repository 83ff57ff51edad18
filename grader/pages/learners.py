"""The learners of a class: what each handed in, and who needs a word, and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

MANY_BLANKS = 0.5
"""From this share of blanks among the questions of what was handed in, a word is needed; two blanks at least."""
FAR_BELOW = 0.5
"""A share of the points below this part of the class's median is far below."""
ENOUGH = 5
"""With fewer learners than this there is no median to be far below of."""


@dataclass(eq=False)
class Learner:
    """A row of the table of learners; `scores` by exercise: (points, max_points), or None where not graded; `late`:
    the exercises that were handed in late."""

    name: str
    file: str
    scores: dict[str, tuple[float, float] | None] = field(default_factory=dict)
    blank: int = 0
    asked: int = 0
    late: set[str] = field(default_factory=set)

    @property
    def order(self) -> tuple[str, str]:
        """Sort key: the page does not depend on the order in which submissions came."""
        return self.name.casefold(), self.name

    @property
    def total(self) -> tuple[float, float] | None:
        """Points and maximum over what was handed in and graded, None if nothing was."""
        graded = [score for score in self.scores.values() if score is not None]
        return (sum(score[0] for score in graded), sum(score[1] for score in graded)) if graded else None

    @property
    def share(self) -> float | None:
        """The share of the points of what was handed in and graded, 0 to 1."""
        return self.total[0] / self.total[1] if self.total and self.total[1] else None

    def of_everything(self, possible: float) -> float:
        """The share of `possible`, the points of all notebooks of the class: what was not handed in has none."""
        return self.total[0] / possible if self.total and possible else 0.0


@dataclass(frozen=True)
class Word:
    """Somebody who needs a word: a sentence for each reason, the gravest first. `file` is empty without a page."""

    name: str
    file: str
    reasons: tuple[str, ...]
    gravity: int  # the smaller, the earlier


def need_a_word(learners: Sequence[Learner], missing: Iterable[str] = ()) -> list[Word]:
    """Those who handed in nothing, could not be graded, left much blank, handed in little or are far below the rest."""
    shares = [learner.share for learner in learners if learner.share is not None]
    middle = median(shares) if len(shares) >= ENOUGH else 0.0
    usual = _usual(learners)
    words = [Word(name, "", ("handed in nothing",), 0) for name in missing]
    for learner in learners:
        reasons = list(_reasons(learner, middle, usual))
        if reasons:
            texts = tuple(text for _, text in sorted(reasons))
            words.append(Word(learner.name, learner.file, texts, 10 * min(reasons)[0] - len(reasons)))
    return sorted(words, key=lambda word: (word.gravity, word.name.casefold(), word.name))


def _usual(learners: Sequence[Learner]) -> set[str]:
    """The exercises that at least half of the class handed in."""
    if len(learners) < ENOUGH:
        return set()
    handed_in = Counter(name for learner in learners for name in learner.scores)
    return {name for name, count in handed_in.items() if 2 * count >= len(learners)}


def _reasons(learner: Learner, middle: float, usual: set[str]) -> Iterable[tuple[int, str]]:
    waiting = sum(score is None for score in learner.scores.values())
    if waiting:
        yield (
            1,
            "not graded" if len(learner.scores) == 1 else f"{waiting} of {len(learner.scores)} notebooks not graded",
        )
    if learner.blank >= 2 and learner.blank >= MANY_BLANKS * learner.asked:
        yield 2, f"{learner.blank} of {learner.asked} answers blank"
    share = learner.share
    if share is not None and share < FAR_BELOW * middle:
        yield 3, f"{round(100 * share)}% of the points; the class's median is {round(100 * middle)}%"
    absent = len(usual - set(learner.scores))
    if absent >= 2 and 2 * absent >= len(usual):
        yield 4, f"{absent} of the {len(usual)} notebooks that most handed in are not there"
