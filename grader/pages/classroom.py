"""What the class page says, gathered one record at a time."""

from collections import Counter
from dataclasses import dataclass, field
from statistics import mean, median

from grader.results.record import QuestionResult, SubmissionResult
from grader.sandbox.tiers import Tier

BINS = 10


Note = tuple[str, str, str, str]  # learner, file of the page, exercise, text


def by_name(named: tuple[str, ...]) -> tuple[str, ...]:
    """Sort key: the page does not depend on the order in which submissions came."""
    return (named[0].casefold(), *named)


@dataclass
class Question:
    """How the class did on one question; submissions and questions that were not graded count in `counts` only."""

    id: str
    title: str
    counts: Counter[str] = field(default_factory=Counter)
    points: float = 0.0
    max_points: float = 0.0

    @property
    def share(self) -> float:
        """Share of the points that the graded answers got, 0 to 1."""
        return self.points / self.max_points if self.max_points else 0.0

    def add(self, result: QuestionResult) -> None:
        """Count one answer."""
        self.counts[result.state] += 1
        if result.status != "not_graded":
            self.points += result.points
            self.max_points += result.max_points


@dataclass
class Misconception:
    """One wrong idea that was recognised: the question to ask, and who held it (name, file of the page)."""

    exercise: str
    question: str
    name: str
    asks: str = ""
    holders: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Exercise:
    """The scores of one exercise, as shares of its points."""

    name: str
    max_points: float = 0.0
    shares: list[float] = field(default_factory=list)
    waiting: int = 0
    questions: dict[str, Question] = field(default_factory=dict)

    @property
    def bins(self) -> list[int]:
        """How many scored in each tenth; full marks are in the last."""
        # 1e-9: three tenths that were added up as floats are still three tenths.
        found = Counter(min(BINS - 1, int(share * BINS + 1e-9)) for share in self.shares)
        return [found[index] for index in range(BINS)]

    @property
    def median(self) -> float:
        """Median share of the points."""
        return median(self.shares)

    @property
    def mean(self) -> float:
        """Mean share of the points."""
        return mean(self.shares)


@dataclass
class Learner:
    """A row of the table of learners; `scores` by exercise: (points, max_points), or None where not graded."""

    name: str
    file: str
    scores: dict[str, tuple[float, float] | None] = field(default_factory=dict)

    @property
    def total(self) -> tuple[float, float] | None:
        """Points and maximum over what was graded, None if nothing was."""
        graded = [score for score in self.scores.values() if score is not None]
        return (sum(score[0] for score in graded), sum(score[1] for score in graded)) if graded else None


class Classroom:
    """Sums over the class; holds numbers and names, never whole records."""

    def __init__(self) -> None:
        self._exercises: dict[str, Exercise] = {}
        self._learners: dict[str, Learner] = {}
        self._misconceptions: dict[tuple[str, str, str], Misconception] = {}
        self._waiting: list[Note] = []
        self._remarks: list[Note] = []
        self.packages: Counter[str] = Counter()
        self.tiers: Counter[Tier] = Counter()
        self.submissions = 0
        self.overrides = 0

    def add(self, record: SubmissionResult, file: str) -> None:
        """Take one submission in; `file` is the link to its learner's page."""
        self.submissions += 1
        self.overrides += len(record.overridden)
        self.packages[record.package] += 1
        self.tiers[record.isolation] += 1
        exercise = self._exercises.setdefault(record.exercise, Exercise(record.exercise))
        learner = self._learners.setdefault(record.learner, Learner(record.learner, file))
        self._remarks += [(record.learner, file, record.exercise, remark) for remark in record.remarks]
        if record.status == "not_graded":
            exercise.waiting += 1
            learner.scores[record.exercise] = None
            self._waiting.append((record.learner, file, record.exercise, record.reason or ""))
            return
        exercise.max_points = max(exercise.max_points, record.max_points)
        exercise.shares.append(record.points / record.max_points if record.max_points else 0.0)
        learner.scores[record.exercise] = (record.points, record.max_points)
        for result in record.questions:
            exercise.questions.setdefault(result.id, Question(result.id, result.title)).add(result)
            if result.status == "not_graded":
                reason = f"Question {result.title}: {result.message}"
                self._waiting.append((record.learner, file, record.exercise, reason))
            asks = {advice.misconception: advice.asks for advice in result.advice}
            for name in dict.fromkeys([*result.misconceptions, *asks]):
                key = (record.exercise, result.id, name)
                held = self._misconceptions.setdefault(key, Misconception(record.exercise, result.title, name))
                held.asks = held.asks or asks.get(name, "")
                held.holders.append((record.learner, file))

    @property
    def exercises(self) -> list[Exercise]:
        """Those with a graded submission, by name, which begins with their number.

        The others appear under `waiting` only: a learner may call a notebook anything, and must not add a column.
        """
        return sorted((each for each in self._exercises.values() if each.shares), key=lambda each: each.name)

    @property
    def not_graded(self) -> int:
        """How many submissions have no score."""
        return sum(each.waiting for each in self._exercises.values())

    @property
    def learners(self) -> list[Learner]:
        """By name."""
        return sorted(self._learners.values(), key=lambda each: (each.name.casefold(), each.name))

    @property
    def waiting(self) -> list[Note]:
        """What could not be graded, and why."""
        return sorted(self._waiting, key=by_name)

    @property
    def remarks(self) -> list[Note]:
        """What the grader noticed on the way."""
        return sorted(self._remarks, key=by_name)

    @property
    def misconceptions(self) -> list[Misconception]:
        """The most frequent first."""
        return sorted(
            self._misconceptions.values(),
            key=lambda each: (-len(each.holders), each.exercise, each.question, each.name),
        )

    @property
    def weakest_tier(self) -> Tier | None:
        """The weakest isolation that any result came from, None for an empty class."""
        return min(self.tiers, default=None)
