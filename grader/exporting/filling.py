"""Points into a column of a platform's file: what is graded goes in, everything else stays as it was, and is listed."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.results import SubmissionResult

from .errors import ExportError
from .people import Person
from .sheet import Sheet

DECIMALS = 2  # what Canvas and Moodle show and export
_EQUAL = 0.005  # two maxima that look alike with two decimals are alike


@dataclass
class Filled:
    """What an export did, for a person to check before the file is uploaded.

    found: learners with a row in the template. columns: exercise, heading, number of cells with our points. left:
    learner, exercise, why the cell stays as it was. replaced: learner, exercise, what stood there, what does now.
    unplaced: exercise, why no column was taken. unknown: learner, why no row was. without: rows of the template for
    which there are no results.
    """

    files: list[Path] = field(default_factory=list)
    found: int = 0
    columns: list[tuple[str, str, int]] = field(default_factory=list)
    left: list[tuple[str, str, str]] = field(default_factory=list)
    replaced: list[tuple[str, str, str, str]] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everybody who was graded is in the file."""
        return not (self.left or self.unplaced or self.unknown or self.notes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {**vars(self), "files": [str(path) for path in self.files]}


def number(text: str) -> float | None:
    """The number in a cell, with a point or a comma for the decimals; None where there is none (or no finite one)."""
    flat = text.strip().replace(" ", "")
    if not re.fullmatch(r"-?[\d.,]+", flat):
        return None
    whole, sign, part = flat.replace(",", ".").rpartition(".")
    try:
        value = float(whole.replace(".", "") + sign + part)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def decimal_sign(texts: Sequence[str]) -> str:
    """The sign before the decimals in these cells: a comma where one of them is written so, else a point."""
    return "," if any(re.fullmatch(r"\s*-?\d+,\d{1,5}\s*", text) for text in texts) else "."


def unequal(records: Sequence[SubmissionResult], possible: float | None) -> list[str]:
    """The maxima of graded `records` that are not `possible` points, in words; empty where the two agree."""
    found = sorted({round(record.max_points, 4) for record in records if record.complete})
    return [f"{value:g}" for value in found if possible is None or abs(value - possible) >= _EQUAL]


def fill(
    sheet: Sheet,
    column: int,
    records: Sequence[SubmissionResult],
    people: dict[str, Person],
    possible: Callable[[Person], float],
    sign: str,
    filled: Filled,
    keep: Callable[[Person, str], str | None],
) -> None:
    """Write the points of one exercise into `column`, scaled to `possible` points, and say so in `filled`.

    `keep` gives the reason why a cell with this text must not be touched, or None. Raises ExportError for a maximum of
    zero, to which nothing can be scaled.
    """
    written = 0
    for record in sorted(records, key=lambda each: each.learner):
        person = people.get(record.learner)
        if person is None:
            continue  # listed once, as unknown
        before = sheet.rows[person.row][column]
        why = keep(person, before) or _not_final(record)
        if why:
            filled.left.append((record.learner, record.exercise, why))
            continue
        most = possible(person)
        if most <= 0 or record.max_points <= 0:
            raise ExportError(f"{record.exercise}: points cannot be scaled from {record.max_points:g} to {most:g}")
        share = min(1.0, record.points / record.max_points)
        points = record.points if abs(most - record.max_points) < _EQUAL else share * most
        text = f"{round(points, DECIMALS) + 0.0:g}".replace(".", sign)
        was = number(before)
        if was is None or abs(was - points) >= _EQUAL:
            if before.strip() not in ("", "-"):
                filled.replaced.append((record.learner, record.exercise, before, text))
            sheet.put(person.row, column, text)
        written += 1
    filled.columns.append((records[0].exercise, sheet.header[column], written))


def _not_final(record: SubmissionResult) -> str | None:
    if record.status == "not_graded":
        return f"not graded: {record.reason}"
    if not record.complete:
        return "not all of its questions could be graded: run `tl grade` again"
    return None
