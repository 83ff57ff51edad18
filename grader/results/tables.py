"""Tables that a person keeps beside the results, in a spreadsheet or an editor: read strictly, line by line."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.files import OutputNotWritable
from grader.text import cell_text, one_line

from .errors import BadTable

MAX_BYTES = 8 * 2**20
MAX_PROBLEMS = 12
"""Problems that one error names; who mends these sees the next."""
_NUMBER = re.compile(r"([+-]?)([0-9]{1,9}(?:[.,][0-9]{1,9})?)", re.ASCII)


@dataclass(frozen=True)
class Row:
    """A row, with the line of the file that it begins in, and its cells by column, without white space around."""

    line: int
    cells: dict[str, str]


def read_table(path: Path, columns: Iterable[str]) -> list[Row] | None:
    """The rows of the CSV file `path`; None if there is no such file. Empty rows are passed over.

    UTF-8, with or without the mark that Excel writes; columns in any order, split at commas, or at semicolons as Excel
    does where a comma is the decimal sign. Raises BadTable: not UTF-8, too large, a column that is missing; and
    OutputNotWritable where the file cannot be read.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputNotWritable(f"cannot read {path}: {error.strerror}; change its permissions and run again") from None
    if data is None:
        raise BadTable(f"{path} is larger than {MAX_BYTES // 2**20} MiB: is it another file?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadTable(f'{path}, line {line}: this is not UTF-8; in a spreadsheet, save it as "CSV UTF-8"') from None
    return _rows(path, text, list(columns))


def _rows(path: Path, text: str, columns: list[str]) -> list[Row]:
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    rows: list[Row] = []
    names: list[str] = []
    begins = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells) and not names:
                names = [cell.casefold() for cell in cells]
                if missing := [column for column in columns if names.count(column) != 1]:
                    raise BadTable(
                        f"{path}, line {begins}: the first line must name the columns {','.join(columns)}, each once; "
                        f"here {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing or there twice"
                    )
            elif any(cells):
                if any(cells[len(names) :]):
                    raise BadTable(
                        f"{path}, line {begins}: there are more cells than columns; a text with a comma in it needs "
                        'quotation marks around it, "like, this"'
                    )
                cells += [""] * (len(names) - len(cells))
                rows.append(Row(begins, dict(zip(names, cells, strict=False))))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadTable(f"{path}, line {begins}: this is no CSV ({error})") from None
    return rows


def points_in(cell: str, most: float | None = None) -> tuple[float, str]:
    """The points that a cell holds, and what is wrong with them ("" if nothing is). A comma may be the decimal sign."""
    found = _NUMBER.fullmatch(cell)
    if found is None:
        return 0.0, f"the points must be a number, such as 1.5; here is {quoted(cell)}"
    points = float(found[2].replace(",", "."))
    if found[1] == "-" and points:
        return 0.0, "the points must not be negative"
    if most is not None and points > most + 1e-9:
        return 0.0, above(points, most)
    return points, ""


def above(points: float, most: float) -> str:
    """What is wrong with more points than there are."""
    return f"{points:g} points are more than the {most:g} that there are; more than full marks cannot be given"


def quoted(text: str) -> str:
    """A cell as an error shows it: one harmless line."""
    return f"'{one_line(text, 60)}'" if text else "nothing"


def same_name(cell: str, name: str) -> bool:
    """Whether a cell names this learner: exactly, or as results.csv writes the name, where nothing is a formula."""
    return cell in (name, name.strip(), cell_text(name))


def refuse(path: Path, problems: list[tuple[int, str]]) -> None:
    """Raises BadTable with a line for each problem, (line, text), by line; does nothing if there is none."""
    if problems:
        ordered = sorted(problems)
        lines = [f"{path}, line {line}: {text}" for line, text in ordered[:MAX_PROBLEMS]]
        if len(ordered) > MAX_PROBLEMS:
            lines.append(f"and {len(ordered) - MAX_PROBLEMS} more problems")
        raise BadTable("\n".join([*lines, f"Nothing of {path.name} was applied: mend it and run the same command."]))
