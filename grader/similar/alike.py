"""How alike the answers to one question are, pair by pair, and which pairs stand out from the class.

An answer's *own* pieces are those that were not handed out, are not of the solution, and that few others have. Two
answers are compared where both have enough of them; the share is what they have in common, of the shorter one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from grader.exercise.catalogue import load_exercise

from .answers import Answers, handed_out
from .fingerprints import Pieces, known, pieces

OWN = 60
"""Own pieces that an answer must have to be compared: about four lines that nobody gave out."""
COMMON = 0.25
"""A piece that more than this share of the answers has (and more than three) is how the class writes it."""
FLOOR = 0.6
"""A pair that shares less than this does not stand out, however unlike all others are."""
FEWEST = 5
"""With fewer answers to compare there is no class to compare a pair with."""
BINS = 20


@dataclass(frozen=True)
class Standing:
    """A pair at one question: `share` of the shorter answer's own pieces, `below` the share of all other pairs that are
    less alike, `same` whether the two texts are the same to the letter, comments and names included."""

    question: "Alike"
    learners: tuple[str, str]
    share: float
    below: float
    shared: int
    same: bool


@dataclass
class Alike:
    """One question: how many answers there are, how many could be compared, and how alike all pairs are.

    why: why nothing can be told, or empty. bins: how many pairs have a share of 0 to 5%, 5 to 10%, … `identical`:
    groups of learners whose answers are the same to the letter, and not the solution. not_own: what was taken out.
    """

    exercise: str
    question: str
    answers: int
    compared: int = 0
    why: str = ""
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    median: float = 0.0
    highest: float = 0.0
    bound: float = 1.0
    standing_out: list[Standing] = field(default_factory=list)
    identical: list[list[str]] = field(default_factory=list)
    not_own: Pieces = field(default=frozenset(), repr=False)

    @property
    def pairs(self) -> int:
        """How many pairs were compared."""
        return sum(self.bins)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        names = ("exercise", "question", "answers", "compared", "why", "median", "highest", "bins", "identical")
        return {name: getattr(self, name) for name in names} | {"pairs": self.pairs}


@dataclass
class Pair:
    """Two learners, and the questions at which they stand out."""

    learners: tuple[str, str]
    standings: list[Standing] = field(default_factory=list)

    @property
    def order(self) -> tuple[Any, ...]:
        """The pair that is alike at most questions, and there in most of its text, comes first."""
        return -len(self.standings), -sum(each.shared for each in self.standings), self.learners

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        at = [
            {
                "exercise": each.question.exercise,
                "question": each.question.question,
                "share": round(each.share, 4),
                "more_alike_than": round(each.below, 4),
                "pairs": each.question.pairs,
                "median": round(each.question.median, 4),
                "same_to_the_letter": each.same,
            }
            for each in self.standings
        ]
        return {"learners": list(self.learners), "questions": at}


def compare(answers: Answers, on_question: Callable[[str], None] | None = None) -> tuple[list[Alike], list[Pair]]:
    """Compare the answers to each question; the questions in order, and the pairs that stand out somewhere."""
    questions = []
    pairs: dict[tuple[str, str], Pair] = {}
    for exercise, question in sorted(answers.of):
        if on_question is not None:
            on_question(question)
        given = known(handed_out(load_exercise(exercise), question))
        alike = _question(exercise, question, answers.of[exercise, question], given)
        questions.append(alike)
        for standing in alike.standing_out:
            pairs.setdefault(standing.learners, Pair(standing.learners)).standings.append(standing)
    return questions, sorted(pairs.values(), key=lambda pair: pair.order)


def _question(exercise: str, question: str, texts: dict[str, str], given: Pieces) -> Alike:
    alike = Alike(exercise, question, len(texts))
    written = {learner: pieces(text) - given for learner, text in sorted(texts.items())}
    alike.identical = _identical(texts, written)
    common = _common(written.values())
    own = {learner: left for learner, each in written.items() if len(left := each - common) >= OWN}
    alike.compared = len(own)
    if len(own) < FEWEST:
        alike.why = (
            f"only {len(texts)} answers, {FEWEST} are needed"
            if len(texts) < FEWEST
            else f"only {len(own)} of {len(texts)} answers are long without what was handed out and what many write"
        )
        return alike
    learners = list(own)
    ones, others = np.triu_indices(len(learners), 1)
    shared = _shared(list(own.values()))[ones, others]
    sizes = np.array([len(each) for each in own.values()])
    shares = shared / np.minimum(sizes[ones], sizes[others])
    alike.bins = np.bincount(np.minimum((shares * BINS).astype(int), BINS - 1), minlength=BINS).tolist()
    lower, alike.median, upper = (float(each) for each in np.quantile(shares, [0.25, 0.5, 0.75]))
    alike.highest = float(shares.max())
    # Tukey's far-out fence: three times the middle half's width above it.
    alike.bound = max(FLOOR, upper + 3 * (upper - lower))
    if alike.bound > 1:
        alike.why = "the answers are so alike, or so unevenly alike, that no pair can stand out"
        return alike
    alike.not_own = given | common
    ordered = np.sort(shares)
    for number in np.flatnonzero(shares >= alike.bound).tolist():
        one, other = learners[ones[number]], learners[others[number]]
        alike.standing_out.append(
            Standing(
                question=alike,
                learners=(one, other),
                share=float(shares[number]),
                below=float(np.searchsorted(ordered, shares[number]) / (len(ordered) - 1)),
                shared=int(shared[number]),
                same=_flat(texts[one]) == _flat(texts[other]),
            )
        )
    return alike


def _shared(own: list[Pieces]) -> np.ndarray:
    """How many pieces each two answers share: (answers, answers). What one answer alone has is not looked at again, so
    that 200 answers of the greatest length take a second."""
    counts = Counter(piece for each in own for piece in each)
    columns = {piece: column for column, piece in enumerate(piece for piece, count in counts.items() if count > 1)}
    entries = [(row, columns[piece]) for row, each in enumerate(own) for piece in each if piece in columns]
    rows, places = np.array(entries, dtype=np.int64).reshape(-1, 2).T
    has = csr_array((np.ones(len(rows), dtype=np.int32), (rows, places)), shape=(len(own), len(columns) or 1))
    return (has @ has.T).toarray()


def _common(written: Iterable[Pieces]) -> Pieces:
    written = list(written)
    counts = Counter(piece for each in written for piece in each)
    limit = max(3, COMMON * len(written))
    return frozenset(piece for piece, count in counts.items() if count > limit)


def _identical(texts: dict[str, str], written: dict[str, Pieces]) -> list[list[str]]:
    """Learners with the very same text, where it has enough that was not handed out; those whom `_common` would hide
    are among them."""
    groups: dict[str, list[str]] = defaultdict(list)
    for learner, text in sorted(texts.items()):
        if len(written[learner]) >= OWN:
            groups[_flat(text)].append(learner)
    return [learners for learners in groups.values() if len(learners) > 1]


def _flat(text: str) -> str:
    """The text without white space at the ends of lines, which editors take away by themselves."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
