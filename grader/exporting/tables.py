"""Tables for a spreadsheet: a row for each learner, or for each learner and question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from grader.results import SubmissionResult
from grader.results.status import Status
from grader.results.summary import to_csv

from .collected import Collected
from .people import Identity

PERSON_FIELDS = ("learner", "name", "id")
LEARNER_FIELDS = (*PERSON_FIELDS, "points", "max_points", "graded", "not_graded")
QUESTION_FIELDS = (
    *PERSON_FIELDS,
    "exercise",
    "question",
    "points",
    "max_points",
    "status",
    "misconceptions",
    "override",
    "reason",
)


def by_learner(records: Iterable[SubmissionResult], collected: Collected) -> bytes:
    """A row for each learner: sums over what was graded, then points and maximum of each exercise.

    What was not handed in, or could not be graded completely, is empty and in no sum; `graded` and `not_graded` count
    exercises.
    """
    exercises: set[str] = set()
    rows: dict[str, dict[str, Any]] = {}
    for record in records:
        exercises.add(record.exercise)
        row = rows.setdefault(
            record.learner,
            {
                **person(record.learner, collected.people),
                "points": 0.0,
                "max_points": 0.0,
                "graded": 0,
                "not_graded": 0,
            },
        )
        if not record.complete:
            row["not_graded"] += 1
            continue
        row["graded"] += 1
        row["points"] += record.points
        row["max_points"] += record.max_points
        row[record.exercise], row[_maximum(record.exercise)] = record.points, record.max_points
    for row in rows.values():
        if not row["graded"]:
            row["points"] = row["max_points"] = None  # nothing was graded: that is no zero
    columns = [name for exercise in sorted(exercises) for name in (exercise, _maximum(exercise))]
    return to_csv([*LEARNER_FIELDS, *columns], _in_order(rows.values()))


def by_question(records: Iterable[SubmissionResult], collected: Collected) -> bytes:
    """A row for each learner and question; one row without a question for a notebook that could not be graded."""
    rows = []
    for record in records:
        whose = {**person(record.learner, collected.people), "exercise": record.exercise}
        if record.status == "not_graded" and not record.questions:
            rows.append({**whose, "status": record.status, "reason": record.reason})
        for question in record.questions:
            graded = record.status == "graded" and question.status is not Status.NOT_GRADED
            rows.append(
                {
                    **whose,
                    "question": question.id,
                    "points": question.points if graded else None,
                    "max_points": question.max_points,
                    "status": str(question.status),
                    "misconceptions": " ".join(question.misconceptions),
                    "override": str(question.override) if question.override else None,
                    "reason": None if graded else record.reason or question.message,
                }
            )
    return to_csv(QUESTION_FIELDS, _in_order(rows))


def person(learner: str, people: Mapping[str, Identity]) -> dict[str, Any]:
    """The folder name of a learner, with the name and the id that the platform has, where it is known."""
    identity = people.get(learner, Identity())
    return {
        "learner": learner,
        "name": "; ".join(sorted(identity.names)),
        "id": "; ".join(sorted(identity.ids)),
    }


def _maximum(exercise: str) -> str:
    return f"{exercise} (maximum)"


def _in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["learner"].casefold(), row["learner"], row.get("exercise", "")].append(row)
    return [row for key in sorted(groups) for row in groups[key]]
