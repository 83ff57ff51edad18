"""Who is in the class: a CSV of the platform, or any with columns of names, numbers or email addresses.

Columns are known by their headers:

- Canvas, Grades > Export (instructure/canvas-lms, lib/gradebook_exporter.rb): `Student` ("Lovelace, Ada"), `ID`,
  `SIS User ID`, `SIS Login ID`; the rows of points and of how grades are posted, and "Student, Test", are nobody;
- Moodle, "Download grading worksheet" (mod/assign/gradingtable.php): `Identifier` ("Participant 12345"), `Full name`,
  `ID number`, `Email address`, `Last modified (submission)`; or its list of participants: `First name`, `Last name`, …;
- Gradescope, Roster > Download: `First Name`, `Last Name`, `SID`, `Email`.

A column `folder` is the instructor's own: what the learner's folder shall be called.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from grader.collecting.download import one_sentence
from grader.collecting.errors import BadRoster
from grader.collecting.folders import folder_for, plain

MOST_BYTES, MOST_ROWS = 16 * 2**20, 20_000

_NAME = ("full name", "student name", "student", "name", "learner", "vollständiger name", "nom complet")
_FIRST = ("first name", "firstname", "given name", "vorname", "prénom", "nombre")
_LAST = ("last name", "lastname", "surname", "family name", "nachname", "nom", "nom de famille", "apellido(s)")
_NUMBERS = (
    *("identifier", "id", "sid", "user id", "id number", "student id", "student number", "number"),
    *("sis user id", "sis login id", "username", "login", "integration id", "matrikelnummer"),
)
"""The platform's own first: this is the number that is told of who is missing."""
_SURE: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("canvas", "id", frozenset({"sis user id", "sis login id", "section"})),
    ("moodle", "identifier", frozenset()),
    ("gradescope", "sid", frozenset()),
)
"""A platform, its column of numbers, and the headers of which one has to be there, too."""
_EMAIL = ("email address", "email", "e-mail", "e-mail address", "e-mail-adresse", "mail", "adresse de courriel")
_FOLDER = ("folder",)

_NOBODY = re.compile(r"\s*points possible\s*|student, test|", re.IGNORECASE)
_WHEN = "last modified (submission)"
_MOODLES_TIME = re.compile(r"\b(\d{1,2}) (\w+) (\d{4}), (\d{1,2}):(\d{2})\s([AP]M)", re.IGNORECASE)
_MONTHS = [name.casefold() for name in "January February March April May June July August September October".split()]
_MONTHS += ["november", "december"]
_PARTICIPANT = re.compile(r"\D+ (\d+)")


@dataclass(frozen=True)
class Row:
    """One of the class."""

    name: str
    numbers: tuple[str, ...]
    email: str
    folder: str
    """What their folder is called, unless they have one already."""
    own_folder: bool = False
    """Whether the instructor has named it."""
    sure: frozenset[str] = frozenset()
    """Numbers of which the header says whose they are, as `canvas 12345`. Others may be anybody's numbering."""
    times: tuple[tuple[str, str], ...] = ()
    """Numbers of a participant of Moodle's, and when they handed in, in ISO 8601."""

    @property
    def said(self) -> str:
        """The person in words for the instructor."""
        more = self.numbers[0] if self.numbers else self.email
        return f"{self.name} ({more})" if self.name and more else self.name or more


def read_rosters(paths: Sequence[Path]) -> list[Row]:
    """Everybody on any of the rosters; rows with one email address are one person. Raises BadRoster."""
    found: dict[str, Row] = {}
    for path in paths:
        for row in _rows(path):
            key = row.email.casefold() or "|".join((row.name, *row.numbers))
            known = found.get(key)
            if known is not None:
                numbers = tuple(dict.fromkeys((*known.numbers, *row.numbers)))
                row = replace(
                    known,
                    numbers=numbers,
                    name=known.name or row.name,
                    folder=known.folder or row.folder,
                    sure=known.sure | row.sure,
                    times=known.times + row.times,
                )
            found[key] = row
    return _with_folders(list(found.values()))


def _with_folders(rows: list[Row]) -> list[Row]:
    """Each with a folder of their own: two of one name are told apart by their numbers, whichever comes first."""
    given = [row.folder for row in rows if row.folder]
    if twice := sorted({folder for folder in given if given.count(folder) > 1}):
        raise BadRoster(f"the roster gives the folder {twice[0]} to several learners: give each their own")
    readable = [plain(row.name) for row in rows]
    shared = {name for name in readable if readable.count(name) > 1}
    taken = {*given, *shared}
    done = []
    for row in rows:
        own = bool(row.folder)
        number = row.numbers[0] if row.numbers else row.email
        folder = row.folder or folder_for(row.name or number, number or None, taken)
        taken.add(folder)
        done.append(replace(row, folder=folder, own_folder=own))
    return done


def _rows(path: Path) -> list[Row]:
    lines = _table(path)
    header = [cell.strip().strip("\ufeff").casefold() for cell in lines[0]] if lines else []
    known_headers = {
        "name": _NAME,
        "first": _FIRST,
        "last": _LAST,
        "number": _NUMBERS,
        "email": _EMAIL,
        "folder": _FOLDER,
    }
    columns = {what: [header.index(n) for n in names if n in header] for what, names in known_headers.items()}
    if not any(columns[what] for what in ("name", "last", "number", "email")):
        there = ", ".join(one_sentence(ValueError(cell)) for cell in header[:8]) or "none"
        raise BadRoster(
            f"{path} has no column with names, numbers or email addresses (its columns: {there}): give it a first line "
            "with Name, ID or Email"
        )
    sure = [
        (platform, header.index(column)) for platform, column, also in _SURE if column in header and _has(header, also)
    ]
    rows = []
    for line in lines[1:]:
        cells = {what: [line[i].strip() for i in places if i < len(line)] for what, places in columns.items()}
        first, last = ("".join(cells[what][:1]) for what in ("first", "last"))
        name = "".join(cells["name"][:1]) or (f"{last}, {first}" if first and last else first or last)
        numbers = tuple(dict.fromkeys(_number(cell) for cell in cells["number"] if cell))
        email, folder = ("".join(cells[what][:1]) for what in ("email", "folder"))
        if _NOBODY.fullmatch(name) and (name or not (numbers or email)):
            continue
        known = frozenset(
            f"{platform} {_number(line[at])}" for platform, at in sure if at < len(line) and line[at].strip()
        )
        time = _time(line[header.index(_WHEN)]) if _WHEN in header[: len(line)] else None
        times = tuple((number, time) for number in numbers[:1]) if time else ()
        rows.append(Row(name[:200], numbers, email, plain(folder), sure=known, times=times))
    if not rows:
        raise BadRoster(f"{path} has a header and nobody below it: export it again")
    return rows


def _time(cell: str) -> str | None:
    """Moodle's "Friday, 27 November 2026, 9:15 AM" in ISO 8601, without a zone, for none is told; None in a language
    other than English.
    """
    known = _MOODLES_TIME.search(cell)
    if known is None or known[2].casefold() not in _MONTHS:
        return None
    day, month, year, hour, minute, half = known.groups()
    hours = int(hour) % 12 + 12 * (half.upper() == "PM")
    try:
        return datetime(int(year), _MONTHS.index(month.casefold()) + 1, int(day), hours, int(minute)).isoformat()
    except ValueError:
        return None


def _has(header: list[str], also: frozenset[str]) -> bool:
    return not also or bool(also & set(header))


def _number(cell: str) -> str:
    """Moodle's "Participant 12345", in any language, is 12345."""
    known = _PARTICIPANT.fullmatch(cell.strip())
    return known[1] if known else cell.strip()


def _table(path: Path) -> list[list[str]]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadRoster(f"{path} cannot be read ({error.strerror})") from None
    if data[:4] == b"PK\x03\x04":
        raise BadRoster(f"{path} is a spreadsheet, not a CSV: save it as CSV")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what Excel writes in the west
    first = text.split("\n", 1)[0]
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))
    except csv.Error as error:
        raise BadRoster(f"{path} is no CSV ({one_sentence(error)}): export it again") from None
    if len(data) > MOST_BYTES or len(found) > MOST_ROWS:
        raise BadRoster(f"{path} is larger than any class: at most {MOST_ROWS:,} rows are read")
    return [line for line in found if any(cell.strip() for cell in line)]
