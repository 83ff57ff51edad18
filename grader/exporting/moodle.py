"""Moodle's offline grading worksheet with our points, and a zip with a feedback file for each participant.

The formats are those of Moodle's source (github.com/moodle/moodle, `mod/assign/gradingtable.php`,
`mod/assign/feedback/offline/`, `mod/assign/feedback/file/importziplib.php`, `mod/assign/locallib.php`):

- The worksheet: `Identifier` ("Participant 12345"), `Full name` and perhaps `Email address` and other user fields
  (none of them in an anonymous assignment), `Status`, perhaps `Group` and `Marker`, `Grade`, `Maximum grade` (or
  `Scale`), `Grade can be changed`, `Last modified (submission)`, `Last modified (grade)`, `Feedback comments`. Headings
  are in the language of who downloads it. The import finds rows by the number in Identifier, refuses a row whose grade
  changed in Moodle after `Last modified (grade)`, and skips an empty grade: all of this stays as it was downloaded.
- "Upload multiple feedback files in a zip" takes the folders of "Download all submissions":
  `Full name_12345_assignsubmission_file_/anything`, where the name is read over, but must have no underscore, and the
  number is that of the Identifier.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.results import SubmissionResult

from .collected import Collected
from .errors import ExportError
from .filling import Filled, decimal_sign, fill, number, unequal
from .people import Identity, Person, match
from .sheet import Sheet

IDENTIFIER, NAME, GRADE, MAXIMUM, CHANGEABLE = (
    "Identifier",
    "Full name",
    "Grade",
    "Maximum grade",
    "Grade can be changed",
)
#: User fields that a site may show in the worksheet, and that a folder may be called after.
_NAMES = (NAME, "Email address", "ID number", "Username")
_FOLDER = re.compile(r"[^_]*_(\d+)_assignsubmission_[a-z]+_?")


def fill_worksheet(
    template: Path,
    records: Sequence[SubmissionResult],
    collected: Collected,
    columns: Mapping[str, str],
    scale: bool = False,
) -> tuple[bytes, Filled, dict[str, Person]]:
    """The bytes of `template` with the points of `records` (of one exercise), what was done, and who is who.

    columns: one of our names for a column -> its heading in another language. Raises ExportError where the file is no
    worksheet of Moodle, or, without `scale`, where the maximum grade differs from ours.
    """
    exercises = {record.exercise for record in records}
    if len(exercises) != 1:
        raise ExportError(
            "a worksheet of Moodle is for one assignment; say for which exercise: --exercise NAME, one of "
            + ", ".join(sorted(exercises))
        )
    sheet = Sheet.read(template)
    identifier, grade, maximum = (_column(sheet, name, columns) for name in (IDENTIFIER, GRADE, MAXIMUM))
    people = _people(sheet, identifier, columns)
    most = {person.row: number(sheet.rows[person.row][maximum]) for person in people}
    if not scale:
        _refuse_unequal(records, set(most.values()))
    known = _with_folders(records, collected.at("moodle", records[0].exercise))
    matched = match({record.learner for record in records}, people, known)
    without = [person.shown for person in matched.without]
    filled = Filled(found=len(matched.people), unknown=matched.unknown, without=without)
    changeable = _column_or_none(sheet, CHANGEABLE, columns)

    def keep(person: Person, text: str) -> str | None:
        if changeable is not None and sheet.rows[person.row][changeable].strip().casefold() == "no":
            return "its grade cannot be changed in Moodle"
        return None

    sign = decimal_sign([sheet.rows[person.row][maximum] for person in people])
    fill(sheet, grade, records, matched.people, lambda person: most[person.row] or 0.0, sign, filled, keep)
    return sheet.bytes(), filled, matched.people


def folder(person: Person) -> str:
    """The folder in which Moodle looks for a participant's feedback files."""
    # What Moodle's clean_filename takes out, and the underscore, by which the import divides the name.
    name = re.sub(r'[\x00-\x1f\x7f&<>"`|\':\\/*?_~#%{}$@!;]+', " ", person.shown).strip(" .") or "Participant"
    return f"{' '.join(name.split())[:100]}_{person.id}_assignsubmission_file_"


def _column_or_none(sheet: Sheet, name: str, columns: Mapping[str, str]) -> int | None:
    said = {ours.casefold(): theirs for ours, theirs in columns.items()}
    wanted = said.get(name.casefold(), name).strip().casefold()
    found = [column for column, heading in enumerate(sheet.header) if heading.strip().casefold() == wanted]
    return found[0] if len(found) == 1 else None


def _column(sheet: Sheet, name: str, columns: Mapping[str, str]) -> int:
    found = _column_or_none(sheet, name, columns)
    if found is not None:
        return found
    if name == MAXIMUM and "Scale" in sheet.header:
        raise ExportError(f"{sheet.name}: this assignment is graded by a scale, not by points")
    raise ExportError(
        f"{sheet.name} has no column {columns.get(name, name)!r}: it is no grading worksheet of Moodle (assignment, "
        f'Submissions, Download grading worksheet), or it is in another language; then say --column "{name}=HEADING". '
        f"There are: {', '.join(sheet.header)}"
    )


def _people(sheet: Sheet, identifier: int, columns: Mapping[str, str]) -> list[Person]:
    names = [column for name in _NAMES if (column := _column_or_none(sheet, name, columns)) is not None]
    people = []
    for row, cells in enumerate(sheet.rows[1:], 1):
        found = re.search(r"(\d+)\s*$", cells[identifier])
        if not found:
            raise ExportError(f"{sheet.name}: row {row + 1} has no participant's number in {cells[identifier]!r}")
        full = _column_or_none(sheet, NAME, columns)
        shown = cells[full] if full is not None and cells[full] else cells[identifier]
        people.append(Person(row, shown, found[1], frozenset({found[1], *(cells[column] for column in names)})))
    return people


def _with_folders(records: Sequence[SubmissionResult], known: Mapping[str, Identity]) -> dict[str, Identity]:
    """Who is known, and those whose folder is called as in Moodle's own download, which holds the number."""
    people = dict(known)
    for record in records:
        if (found := _FOLDER.fullmatch(record.learner)) and not people.get(record.learner, Identity()).ids:
            people[record.learner] = Identity(ids={found[1]})
    return people


def _refuse_unequal(records: Sequence[SubmissionResult], maxima: set[float | None]) -> None:
    for possible in sorted(maxima, key=str):
        if ours := unequal(records, possible):
            theirs = "no number" if possible is None else f"{possible:g}"
            raise ExportError(
                f"{records[0].exercise} has {' or '.join(ours)} points here, its maximum grade in Moodle is {theirs}\n"
                "change the maximum grade in Moodle, or convert our points with --scale"
            )
