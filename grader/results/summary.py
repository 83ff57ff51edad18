"""results.json and results.csv, assembled from the records."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from grader.sandbox.tiers import Tier
from grader.text import cell_text

from .record import QuestionResult, SubmissionResult
from .status import Status

SUBMISSION_FIELDS = ("learner", "exercise", "status", "reason", "points", "max_points", "seed")
QUESTION_FIELDS = ("id", "points", "max_points", "status", "misconceptions", "message")
OVERRIDE_FIELDS = ("points", "reason", "by", "judged")
"""Of a question whose points were set by hand, and of no other: `points` are those after it."""
_OF_RECORD = ("learner", "exercise", "status", "reason", "points", "max_points", "isolation", "package")
CSV_FIELDS = (*_OF_RECORD, "remarks", "overrides")


class Summary:
    """What results.json and results.csv say; it takes records one at a time and keeps only what they need."""

    def __init__(self, package: str, isolation: str) -> None:
        self.package = package
        self.isolation = isolation
        self._submissions: list[dict[str, Any]] = []
        self._rows: list[dict[str, Any]] = []

    def add(self, record: SubmissionResult) -> None:
        """Take one submission in."""
        # Earlier runs may have graded at a weaker tier: the summary claims the weakest of all.
        self.isolation = min(Tier(self.isolation), record.isolation)
        entry = {name: getattr(record, name) for name in SUBMISSION_FIELDS}
        entry["questions"] = [_question(each) for each in record.questions]
        if record.texts:
            entry["by_hand"] = [asdict(text) for text in record.texts]
        self._submissions.append(entry)
        row = {name: getattr(record, name) for name in _OF_RECORD}
        row["remarks"] = "; ".join(record.remarks)
        row["overrides"] = "; ".join(f"{each.id}: {each.override}" for each in record.overridden)
        if record.status == "not_graded":
            row["points"] = None  # an empty cell, so that no spreadsheet counts it as a zero
        for each in record.questions:
            row[f"{record.exercise}/{each.id}"] = None if each.status is Status.NOT_GRADED else each.points
        for text in record.texts:
            row[f"{record.exercise}/{text.id} (by hand)"] = text.points
        self._rows.append(row)

    def json(self) -> bytes:
        """The contract of DESIGN.md, by learner, then exercise."""
        submissions = sorted(self._submissions, key=_order)
        data = {"package": self.package, "isolation": self.isolation, "submissions": submissions}
        return to_json(data)

    def csv(self) -> bytes:
        """A table for a spreadsheet: a row a submission, a column a question. UTF-8 with the mark that Excel needs."""
        questions = sorted({name for row in self._rows for name in row} - set(CSV_FIELDS))
        return to_csv([*CSV_FIELDS, *questions], sorted(self._rows, key=_order))


def to_json(data: Any) -> bytes:
    """Strict JSON. ASCII only: names with control or direction characters stay harmless in a terminal."""
    return (json.dumps(data, indent=1, allow_nan=False) + "\n").encode("ascii")


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A table in which no cell becomes a formula; what a row lacks, and None, is an empty cell. UTF-8 with a mark."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_cells(columns))
    for row in rows:
        writer.writerow(_cells(row.get(name) for name in columns))
    return text.getvalue().encode("utf-8-sig")


def _question(result: QuestionResult) -> dict[str, Any]:
    data = {name: getattr(result, name) for name in QUESTION_FIELDS}
    if result.override is not None:
        data["override"] = {name: getattr(result.override, name) for name in OVERRIDE_FIELDS}
    return data


def _order(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["learner"].casefold(), entry["learner"], entry["exercise"]


def _cells(values: Iterable[Any]) -> list[str]:
    return [_cell(value) for value in values]


def _cell(value: Any) -> str:
    """One cell: a number as it is, a text that cannot become a formula."""
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return cell_text(str(value))
