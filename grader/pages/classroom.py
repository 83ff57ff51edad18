"""What the class page says, gathered one record at a time."""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from statistics import mean, median

from grader.exercise import objectives
from grader.exercise.objectives import Objective
from grader.results.record import SubmissionResult
from grader.results.status import Ended, Status
from grader.sandbox.tiers import Tier

from .discrimination import Row, item_rest
from .learners import Learner, Word, need_a_word
from .questions import Group, Idea, Question
from .reteach import Again, to_teach_again

BINS = 10


@dataclass(frozen=True)
class Note:
    """Something about one learner's notebook."""

    learner: Learner
    exercise: str
    text: str

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key."""
        return (*self.learner.order, self.exercise, self.text)


@dataclass
class Exercise:
    """The scores of one exercise, as shares of its points; only learners who handed it in count."""

    name: str
    max_points: float = 0.0
    shares: list[float] = field(default_factory=list)
    waiting: int = 0
    questions: dict[str, Question] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    seconds: list[tuple[float, Learner]] = field(default_factory=list)

    @property
    def number(self) -> str:
        """`02` of `02_feature_extraction`."""
        return self.name[:2]

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

    @property
    def hardest_first(self) -> list[Question]:
        """Its questions by share of the points; those that nobody's points tell of come last."""
        return sorted(self.questions.values(), key=lambda each: (not each.max_points, each.share, each.place))

    @property
    def blanks(self) -> int:
        """Answers that were left blank."""
        return sum(len(question.blank) for question in self.questions.values())

    @property
    def usual_seconds(self) -> float:
        """The median time that answers ran for."""
        return median(seconds for seconds, _ in self.seconds) if self.seconds else 0.0

    @property
    def slowest(self) -> tuple[float, Learner] | None:
        """The longest time that answers ran for, and whose they were."""
        return min(self.seconds, key=lambda pair: (-pair[0], pair[1].order), default=None)


@dataclass(frozen=True)
class Practised:
    """An objective of the curriculum, over all questions that name it."""

    objective: Objective
    questions: list[Question]

    @property
    def share(self) -> float:
        """Share of the points of its questions."""
        most = sum(question.max_points for question in self.questions)
        return sum(question.points for question in self.questions) / most if most else 0.0


class Classroom:
    """Sums over the class; holds numbers, names and some messages, never whole records.

    `missing` are names of people who handed in nothing, where a list of the class is known; `late` are learner and
    exercise of what came late, where a platform told; `changes` is what the page changes.html compares with, if any.
    """

    def __init__(
        self, missing: Iterable[str] = (), late: Container[tuple[str, str]] = (), changes: str | None = None
    ) -> None:
        self.missing = list(missing)
        self.late = late
        self.changes = changes
        self._exercises: dict[str, Exercise] = {}
        self._learners: dict[str, Learner] = {}
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
        if (record.learner, record.exercise) in self.late:
            learner.late.add(record.exercise)
        self._remarks += [Note(learner, record.exercise, remark) for remark in record.remarks]
        if record.status == "not_graded":
            exercise.waiting += 1
            learner.scores[record.exercise] = None
            self._waiting.append(Note(learner, record.exercise, record.reason or ""))
            return
        exercise.max_points = max(exercise.max_points, record.max_points)
        exercise.shares.append(record.points / record.max_points if record.max_points else 0.0)
        exercise.seconds.append((record.answer_seconds, learner))
        learner.scores[record.exercise] = (record.points, record.max_points)
        for place, result in enumerate(record.questions, 1):
            question = exercise.questions.get(result.id)
            if question is None:
                section = f"{int(exercise.number)}.{place}" if exercise.number.isdecimal() else str(place)
                question = Question(record.exercise, result.id, result.title, section, tuple(result.objectives))
                exercise.questions[result.id] = question
            question.add(result, learner)
            if result.status is Status.NOT_GRADED:
                self._waiting.append(Note(learner, record.exercise, f"Question {result.title}: {result.message}"))
            else:
                learner.asked += 1
                learner.blank += result.ended is Ended.BLANK
        exercise.rows.append(
            {r.id: (r.points, r.max_points) for r in record.questions if r.status is not Status.NOT_GRADED}
        )

    @cached_property
    def exercises(self) -> list[Exercise]:
        """Those with a graded submission, by name, which begins with their number. Ask when all records are in.

        The others appear under `waiting` only: a learner may call a notebook anything, and must not add a column.
        """
        found = sorted((each for each in self._exercises.values() if each.shares), key=lambda each: each.name)
        for at, exercise in enumerate(found):
            for place, question in enumerate(exercise.questions.values()):
                question.apart = item_rest(question.id, exercise.rows)
                question.set_anchors(f"q{at}-{place}")
        return found

    @property
    def questions(self) -> list[Question]:
        """All questions, in the order of the notebooks."""
        return [question for exercise in self.exercises for question in exercise.questions.values()]

    @property
    def possible(self) -> float:
        """The points of all exercises together."""
        return sum(exercise.max_points for exercise in self.exercises)

    @property
    def practised(self) -> list[Practised]:
        """The objectives, the one with the smallest share of points first."""
        codes = [code for question in self.questions for code in question.objectives]
        found = [
            Practised(each, [q for q in self.questions if each.code in q.objectives and q.max_points])
            for each in objectives.mentioned(codes)
        ]
        return sorted((each for each in found if each.questions), key=lambda each: each.share)

    @property
    def again(self) -> list[Again]:
        """What to teach again."""
        return to_teach_again(self.questions)

    @property
    def ideas(self) -> list[tuple[Question, Idea]]:
        """All wrong ideas that were recognised, the costliest first."""
        found = [(question, idea) for question in self.questions for idea in question.ideas.values()]
        return sorted(found, key=lambda pair: (-pair[1].lost, -len(pair[1].holders), pair[0].id, pair[1].label))

    @property
    def groups(self) -> list[tuple[Question, Group]]:
        """Wrong answers that nobody recognised, the largest group first."""
        found = [(question, group) for question in self.questions for group in question.groups.values()]
        return sorted(
            found,
            key=lambda pair: (-len(pair[1].learners), pair[0].exercise, pair[0].place, pair[1].failed, pair[1].message),
        )

    @property
    def not_reached(self) -> list[Question]:
        """The questions that somebody left blank, by how many did."""
        found = [question for question in self.questions if question.blank]
        return sorted(found, key=lambda each: (-len(each.blank), each.exercise, each.place))

    @property
    def raised(self) -> list[tuple[str, int]]:
        """Kinds of exceptions, and in how many answers each was met."""
        found: Counter[str] = Counter()
        for question in self.questions:
            found.update({kind: len(learners) for kind, learners in question.raised.items()})
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    def most_at(self, kind: str, most: int = 3) -> list[tuple[Question, int]]:
        """The questions where a kind of exception was met, and how often, the most first."""
        found = [(question, len(question.raised[kind])) for question in self.questions if kind in question.raised]
        return sorted(found, key=lambda pair: (-pair[1], pair[0].exercise, pair[0].place))[:most]

    @property
    def unnamed(self) -> int:
        """How many wrong answers nobody recognised."""
        return sum(question.unnamed for question in self.questions)

    @property
    def stopped(self) -> int:
        """How many answers did not run to the end."""
        return sum(question.stopped for question in self.questions)

    @property
    def words(self) -> list[Word]:
        """Who needs a word."""
        return need_a_word(self.learners, self.missing)

    @property
    def not_graded(self) -> int:
        """How many submissions have no score."""
        return sum(each.waiting for each in self._exercises.values())

    @property
    def learners(self) -> list[Learner]:
        """By name."""
        return sorted(self._learners.values(), key=lambda each: each.order)

    @property
    def came_late(self) -> int:
        """How many notebooks came late."""
        return sum(len(each.late) for each in self._learners.values())

    @property
    def waiting(self) -> list[Note]:
        """What could not be graded, and why."""
        return sorted(self._waiting, key=lambda note: note.order)

    @property
    def remarks(self) -> list[Note]:
        """What the grader noticed on the way."""
        return sorted(self._remarks, key=lambda note: note.order)

    @property
    def weakest_tier(self) -> Tier | None:
        """The weakest isolation that any result came from, None for an empty class."""
        return min(self.tiers, default=None)
