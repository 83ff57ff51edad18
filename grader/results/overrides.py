"""Points that the instructor sets by hand: `OUT/overrides.csv`, applied whenever records are read.

Records on disk stay as judged, so that an override survives grading again. Which points a row was first applied to is
remembered in `OUT/overrides.seen.json`: a row that raised points must not lower those of a better attempt.
"""

import json
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from grader.text import one_line

from .record import QuestionResult, SubmissionResult
from .status import Status
from .tables import above, points_in, quoted, read_table, refuse, same_name

FILE = "overrides.csv"
SEEN = "overrides.seen.json"
COLUMNS = ("learner", "question", "points", "reason", "by")

Key = tuple[str, str]
Place = tuple[str, str, str]  # learner, exercise, question


@dataclass(frozen=True)
class Row:
    """One row of the file, read and not yet looked up. `question` is an id, or `exercise/id`."""

    line: int
    learner: str
    question: str
    points: float
    reason: str
    by: str


class Results:
    """What rows are looked up in: the judged records of a folder."""

    def __init__(
        self,
        of: Callable[[str], list[SubmissionResult]],
        learners: Callable[[], list[str]],
        there: Callable[[str, str], bool],
    ) -> None:
        self.of = of
        """A learner's records that can be read."""
        self.learners = learners
        """The names of all learners; slow, for what is not found at once."""
        self.there = there
        """Whether there is a record of this learner and exercise, whole or damaged."""


@dataclass
class Plan:
    """What the rows come to. Sentences are harmless in a terminal."""

    rows: dict[Key, dict[str, Row]] = field(default_factory=dict)
    """By learner and exercise, then question: the rows that count."""
    moot: list[str] = field(default_factory=list)
    """A sentence for each row that does not count any more, and why."""
    waiting: list[str] = field(default_factory=list)
    """A sentence for each row whose submission is not graded yet."""
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What is to be remembered of each row: the points that it was first applied to."""

    def apply(self, record: SubmissionResult) -> SubmissionResult:
        """`record`, changed where a row is about it."""
        for question, row in self.rows.get(record.key, {}).items():
            record.set_by_hand(question, row.points, row.reason, row.by)
        return record

    def about(self, gone: Collection[Path], path: Callable[[str, str], Path]) -> list[str]:
        """A sentence for each row that counts for one of `gone`: records whose submissions are not there any more."""
        return [
            f"line {row.line}, {_named((*key, question))}: the submission is not in the folder any more; its earlier "
            "result is kept, with these points"
            for key, rows in self.rows.items()
            if path(*key) in gone
            for question, row in rows.items()
        ]


def read_overrides(out: Path) -> list[Row]:
    """The rows of `out`'s overrides.csv, [] without one. Raises BadTable for what is wrong in the file itself: points
    that are no number, or negative; no learner, question or reason."""
    path = out / FILE
    rows: list[Row] = []
    problems: list[tuple[int, str]] = []
    for row in read_table(path, COLUMNS) or []:
        cells = row.cells
        points, problem = points_in(cells["points"])
        if problem:
            problems.append((row.line, problem))
        for column in ("learner", "question", "reason"):
            if not cells[column]:
                problems.append((row.line, f"the {column} is missing"))
        rows.append(Row(row.line, cells["learner"], cells["question"], points, cells["reason"], cells["by"]))
    refuse(path, problems)
    return rows


def plan_overrides(out: Path, results: Results, expected: Iterable[Key] = ()) -> Plan:
    """Look the rows up in the records. Raises BadTable, and then nothing is applied: a learner or question that is not
    known, more points than the question has, two rows for one question.

    expected: learner and exercise of submissions that are about to be graded, and may have no record yet.
    """
    rows = read_overrides(out)
    plan = Plan()
    if not rows:
        return plan
    lookup = _Lookup(results, set(expected), _seen(out))
    problems: list[tuple[int, str]] = []
    lines: dict[Place, int] = {}
    for row in rows:
        try:
            place = lookup.place(row)
            if place in lines:
                raise _Problem(f"this is the second row for {_named(place)}; the first is line {lines[place]}")
            lines[place] = row.line
            _take(plan, row, place, lookup)
        except _Problem as problem:
            problems.append((row.line, str(problem)))
    refuse(out / FILE, problems)
    return plan


def remember(out: Path, plan: Plan) -> bytes | None:
    """What SEEN is to hold after this plan; None if it holds it already."""
    if plan.seen == _seen(out):
        return None
    return (json.dumps(plan.seen, indent=1) + "\n").encode("ascii")


class _Problem(Exception):
    """What is wrong with a row."""


class _Lookup:
    def __init__(self, results: Results, expected: set[Key], seen: dict[str, dict[str, Any]]) -> None:
        self.results, self.expected, self.seen = results, expected, seen
        self._of: dict[str, dict[str, SubmissionResult]] = {}

    def records(self, learner: str) -> dict[str, SubmissionResult]:
        if learner not in self._of:
            self._of[learner] = {record.exercise: record for record in self.results.of(learner)}
        return self._of[learner]

    def place(self, row: Row) -> Place:
        """Whose question a row is about. Raises _Problem."""
        learner = self._learner(row)
        given, _, question = row.question.rpartition("/")
        exercises = [
            exercise
            for exercise, record in self.records(learner).items()
            if given in ("", exercise) and any(each.id == question for each in record.questions)
        ]
        exercise = exercises[0] if exercises else given or _exercise_of(question)
        if exercises or (exercise and self._may_come(learner, exercise, question)):
            return learner, exercise, question
        theirs = [each.id for record in self.records(learner).values() for each in record.questions]
        raise _Problem(
            f"{one_line(learner)} has no result for a question {quoted(row.question)}{_close(question, theirs)}"
        )

    def _learner(self, row: Row) -> str:
        names = {name for name, _ in self.expected} | {entry["learner"] for entry in self.seen.values()}
        if row.learner in names or self.records(row.learner):
            return row.learner
        names.update(self.results.learners())
        found = [name for name in names if same_name(row.learner, name)]
        if len(found) == 1:
            return found[0]
        raise _Problem(f"there is no learner {quoted(row.learner)} in the results{_close(row.learner, sorted(names))}")

    def _may_come(self, learner: str, exercise: str, question: str) -> bool:
        """Whether the question is known for a learner who has no result for it now: not graded, or gone."""
        if _id((learner, exercise, question)) in self.seen:
            return True
        record = self.records(learner).get(exercise)
        if record is not None and record.status == "graded":
            return False
        return self.there(learner, exercise) and question in _questions_of(exercise, default=question)

    def there(self, learner: str, exercise: str) -> bool:
        """Whether there is such a submission, graded or not."""
        return self.results.there(learner, exercise) or (learner, exercise) in self.expected


def _take(plan: Plan, row: Row, place: Place, lookup: _Lookup) -> None:
    """Put one row where it belongs: what counts, what waits, what is moot."""
    learner, exercise, question = place
    known = lookup.seen.get(_id(place))
    record = lookup.records(learner).get(exercise)
    where = f"line {row.line}, {_named(place)}"
    if record is None or record.status != "graded":
        if known is not None:
            plan.seen[_id(place)] = known
        if known is not None and not lookup.there(learner, exercise):
            plan.moot.append(f"{where}: there is no such submission any more")
        else:
            plan.waiting.append(f"{where}: the submission is not graded; the points count once it is")
        return
    result = next((each for each in record.questions if each.id == question), None)
    if result is None:
        assert known is not None  # else place() would not have found it
        plan.seen[_id(place)] = known
        plan.moot.append(f"{where}: the exercise has no such question any more")
        return
    if row.points > result.max_points + 1e-9:
        raise _Problem(above(row.points, result.max_points))
    first = known["judged"] if known and known["points"] == row.points else result.points
    plan.seen[_id(place)] = dict(
        zip(("learner", "exercise", "question", "points", "judged"), (*place, row.points, first), strict=True)
    )
    if _counts(row.points, first, result):
        plan.rows.setdefault((learner, exercise), {})[question] = row
    else:
        plan.moot.append(
            f"{where}: the hidden tests give {result.points:g} points, and {row.points:g} were set; "
            "what they give counts, and the row can go"
        )


def _counts(points: float, first: float, result: QuestionResult) -> bool:
    """Whether points set by hand still matter: above what is judged if they raised it, below if they lowered it."""
    if result.status is Status.NOT_GRADED:
        return True
    return points < result.points if points < first else points > result.points


def _seen(out: Path) -> dict[str, dict[str, Any]]:
    """What earlier runs remembered; a file that somebody edited counts as far as it holds what it should."""
    found: dict[str, dict[str, Any]] = {}
    with suppress(OSError, ValueError, RecursionError, AttributeError):
        for key, entry in json.loads((out / SEEN).read_bytes()).items():
            texts = all(isinstance(entry.get(name), str) for name in ("learner", "exercise", "question"))
            if texts and all(type(entry.get(name)) in (int, float) for name in ("points", "judged")):
                found[key] = entry
    return found


def _id(place: Place) -> str:
    return "\n".join(place)


def _named(place: Place) -> str:
    learner, exercise, question = place
    return f"{one_line(learner)}, {one_line(exercise)}/{one_line(question)}"


def _close(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(one_line(name) for name in close)}?" if close else ""


def _questions_of(exercise: str, default: str) -> list[str]:
    """The ids of an exercise's questions; of one that the catalogue does not have, `default` is one."""
    from grader.exercise.catalogue import exercise_names, load_exercise

    if exercise not in exercise_names():
        return [default]
    return [question.id for question in load_exercise(exercise).questions]


def _exercise_of(question: str) -> str:
    """The exercise of the catalogue that has this question, "" if none has."""
    from grader.exercise.catalogue import exercise_names, load_exercise

    for name in exercise_names():
        if any(each.id == question for each in load_exercise(name).questions):
            return name
    return ""
