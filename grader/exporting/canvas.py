"""The gradebook of Canvas: the instructor's own export, with our points in the columns of the assignments.

The format is that of Canvas's source (github.com/instructure/canvas-lms, `lib/gradebook_exporter.rb`,
`lib/gradebook_importer.rb`, `lib/csv_with_i18n.rb`):

- Columns `Student` (or `LastName,FirstName`), `ID`, `SIS User ID`, `SIS Login ID`, `Integration ID`, `Root Account`
  (the middle ones only where the account has them), `Section`, columns of the instructor's own, assignments as
  `Title (id)`, then totals, which are read-only.
- Under the headings perhaps a row with `Manual Posting`, then a row that begins with `Points Possible` and has
  `(read only)` where an import is ignored. The last row may be `Student, Test`, the student view.
- Commas or semicolons, decimals with the sign of the reader's language, UTF-8 with or without a byte order mark.
- `EX` is excused, `N/A` not assigned to this learner. The import takes an *empty* cell for a change too, and would wipe
  out a grade that Canvas has: so a cell for which we have no points keeps what stood in it.

There is no zip of feedback files for Canvas. Its "Upload Submissions" takes files that are called as in its download,
and shows each to the learner under the name of what was handed in (`infer_comment_context_from_filename` in
`app/models/abstract_assignment.rb`): a page would arrive as a notebook that does not open.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.results import SubmissionResult

from .collected import Collected
from .columns import places
from .errors import ExportError
from .filling import Filled, decimal_sign, fill, number, unequal
from .people import Person, match
from .sheet import Sheet

POSSIBLE = "Points Possible"
READ_ONLY = "(read only)"
_INFORMATION = ("ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")
_ASSIGNMENT = re.compile(r".*\(\d+\)\s*", re.DOTALL)
_TEST_STUDENT = "Student, Test"


def fill_gradebook(
    template: Path,
    records: Sequence[SubmissionResult],
    collected: Collected,
    columns: Mapping[str, str],
    scale: bool = False,
) -> tuple[bytes, Filled]:
    """The bytes of `template` with the points of `records`, and what was done.

    columns: exercise -> heading, where the name does not say it. Raises ExportError where the file is no gradebook of
    Canvas, where no exercise has a column, or, without `scale`, where points possible differ from our maximum.
    """
    sheet = Sheet.read(template)
    possible_row = _possible_row(sheet)
    filled = Filled()
    exercises = sorted({record.exercise for record in records})
    taken, filled.unplaced = places(exercises, _assignments(sheet, possible_row), columns)
    if not taken:
        raise ExportError(
            f"{template}: no column belongs to an exercise of these results; say which one: "
            f'--column {exercises[0]}="Title (123456)". There are: '
            + (", ".join(_assignments(sheet, possible_row).values()) or "no assignments")
        )
    possible = {column: number(sheet.rows[possible_row][column]) for column in taken.values()}
    graded = {exercise: [record for record in records if record.exercise == exercise] for exercise in taken}
    if not scale:
        _refuse_unequal(sheet, taken, possible, graded)
    matched = match({record.learner for record in records}, _people(sheet, possible_row), collected.on("canvas"))
    filled.found, filled.unknown = len(matched.people), matched.unknown
    filled.without = [person.shown for person in matched.without if person.shown != _TEST_STUDENT]
    sign = decimal_sign([text for text in sheet.rows[possible_row] if text != READ_ONLY])
    for exercise, column in taken.items():
        most = possible[column] or 0.0
        fill(sheet, column, graded[exercise], matched.people, lambda _, most=most: most, sign, filled, _keep)  # type: ignore[misc]
    return sheet.bytes(), filled


def _possible_row(sheet: Sheet) -> int:
    header = sheet.header
    known = (header[0] == "Student" or header[:2] == ["LastName", "FirstName"]) and "ID" in header[:3]
    found = [number for number, row in enumerate(sheet.rows[1:5], 1) if POSSIBLE in row[0]]
    if not known or not found:
        raise ExportError(
            f"{sheet.name} is not a gradebook of Canvas: it begins with Student, ID, …, and a row {POSSIBLE!r}. "
            "In Canvas: Grades, Export, Export Entire Gradebook"
        )
    return found[0]


def _assignments(sheet: Sheet, possible_row: int) -> dict[int, str]:
    """The columns that an import heeds: `Title (id)`, with points and not read-only."""
    return {
        column: heading
        for column, heading in enumerate(sheet.header)
        if heading not in _INFORMATION
        and _ASSIGNMENT.fullmatch(heading)
        and number(sheet.rows[possible_row][column]) is not None
    }


def _people(sheet: Sheet, possible_row: int) -> list[Person]:
    header = sheet.header
    first = 1 if header[0] == "Student" else 2
    keys = [header.index(name) for name in ("ID", "SIS User ID", "SIS Login ID", "Integration ID") if name in header]
    people = []
    for number_, row in enumerate(sheet.rows[possible_row + 1 :], possible_row + 1):
        shown = ", ".join(row[:first])
        names = {shown, *(row[key] for key in keys)}
        last, comma, given = shown.partition(", ")
        if comma:
            names.add(f"{given} {last}")
        people.append(Person(number_, shown, row[header.index("ID")], frozenset(names)))
    return people


def _refuse_unequal(
    sheet: Sheet,
    taken: Mapping[str, int],
    possible: Mapping[int, float | None],
    graded: Mapping[str, Sequence[SubmissionResult]],
) -> None:
    differ = [
        f"{exercise} has {' or '.join(ours)} points here, {sheet.header[column]!r} {possible[column]:g} in Canvas"
        for exercise, column in taken.items()
        if (ours := unequal(graded[exercise], possible[column]))
    ]
    if differ:
        raise ExportError(
            "\n".join([*differ, "change the points of the assignment in Canvas, or convert ours with --scale"])
        )


def _keep(person: Person, text: str) -> str | None:
    if person.shown == _TEST_STUDENT:
        return "is the test student of Canvas"
    if text.strip().upper() == "EX":
        return "is excused in Canvas"
    if text.strip().upper() == "N/A":
        return "is not assigned to this learner in Canvas"
    return None
