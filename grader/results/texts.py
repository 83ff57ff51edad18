"""Points for free texts, read by a person: `OUT/texts.csv`, attached whenever records are read.

`tl export --to texts` writes the table, a row for each answer under a name that tells nothing; who wrote what is in
`OUT/texts.key.json`, which stays with the instructor. These points are beside those of the hidden tests, not in them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.text import one_line

from .errors import BadTable
from .record import SubmissionResult, TextPoints
from .tables import points_in, quoted, read_table, refuse

FILE = "texts.csv"
KEY = "texts.key.json"
PAGE = "texts.html"
COLUMNS = ("row", "points", "comment")


@dataclass(frozen=True, slots=True)
class Entry:
    """Whose answer a row is: one line of the key. `digest` is of the notebook that it was read from, `text` of it."""

    learner: str
    exercise: str
    question: str
    points: float
    digest: str
    text: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Learner, exercise and question."""
        return self.learner, self.exercise, self.question


@dataclass
class Texts:
    """What was given for texts."""

    points: dict[tuple[str, str], list[TextPoints]] = field(default_factory=dict)
    """By learner and exercise."""
    given: int = 0
    open: int = 0
    """Rows with points, and rows that wait for them."""
    rows: list[tuple[int, Entry]] = field(default_factory=list)
    """Line and key of each row with points."""

    def apply(self, record: SubmissionResult) -> SubmissionResult:
        """`record`, with the points that were given for its texts."""
        record.texts = list(self.points.get(record.key, []))
        return record

    def stale(self, digest_of: Callable[[str, str], str | None]) -> list[str]:
        """A sentence for each row that is of another notebook than the result. digest_of: of a learner's, or None."""
        found = []
        for line, entry in self.rows:
            digest = digest_of(entry.learner, entry.exercise)
            if digest is not None and digest != entry.digest:
                whose = f"{one_line(entry.learner)}, {one_line(entry.question)}"
                found.append(f"line {line}, {whose}: the text is of another version of the notebook than the result")
        return found


def read_key(out: Path) -> dict[str, Entry]:
    """Row -> whose answer it is; {} if there is no key. Raises BadTable for one that is damaged."""
    path = out / KEY
    try:
        data = json.loads(path.read_bytes())
        return {str(row): _entry(entry) for row, entry in data["rows"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadTable(
            f"{path} cannot be read ({type(error).__name__}): put back the file that tl export --to texts wrote with "
            f"{FILE}; without it nobody can say whose answers these are"
        ) from None


def key_bytes(rows: dict[str, Entry]) -> bytes:
    """The file of a key."""
    data = {row: {name: getattr(entry, name) for name in Entry.__slots__} for row, entry in rows.items()}
    return (json.dumps({"format": 1, "rows": data}, indent=1) + "\n").encode("ascii")


def read_texts(out: Path) -> Texts:
    """What OUT/texts.csv gives. Raises BadTable, and then nothing is applied: points that are no number, negative or
    more than there are, a row that is not known or is there twice, a table without its key."""
    rows = read_table(out / FILE, COLUMNS)
    texts = Texts()
    if rows is None:
        return texts
    key = read_key(out)
    if rows and not key:
        raise BadTable(f"{out / KEY} is missing: without it nobody can say whose answers the rows of {FILE} are")
    problems: list[tuple[int, str]] = []
    lines: dict[str, int] = {}
    for row in rows:
        name, entry = row.cells["row"], key.get(row.cells["row"])
        if entry is None:
            problems.append((row.line, f"there is no answer {quoted(name)}: run tl export --to texts again"))
        elif name in lines:
            problems.append((row.line, f"this is the second row {quoted(name)}; the first is line {lines[name]}"))
        elif not row.cells["points"]:
            texts.open += 1
        else:
            points, problem = points_in(row.cells["points"], entry.points)
            if problem:
                problems.append((row.line, problem))
            given = TextPoints(entry.question, points, entry.points, row.cells["comment"])
            texts.points.setdefault((entry.learner, entry.exercise), []).append(given)
            texts.rows.append((row.line, entry))
            texts.given += 1
        lines.setdefault(name, row.line)
    refuse(out / FILE, problems)
    return texts


def filled(out: Path) -> dict[str, tuple[str, str]]:
    """Row -> points and comment as they stand in OUT/texts.csv, unchecked, for writing the table anew."""
    rows = read_table(out / FILE, COLUMNS) or []
    return {
        row.cells["row"]: (row.cells["points"], row.cells["comment"])
        for row in rows
        if row.cells["points"] or row.cells["comment"]
    }


def _entry(data: Any) -> Entry:
    texts = {name: data[name] for name in ("learner", "exercise", "question", "digest", "text")}
    if not all(isinstance(value, str) for value in texts.values()):
        raise TypeError
    return Entry(points=float(data["points"]), **texts)
