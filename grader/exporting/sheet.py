"""A CSV file that another program wrote: some cells are changed, every other byte comes back as it was.

`csv` of the standard library reads and writes values, and with them its own idea of quotes, line ends and the byte
order mark. Here a cell keeps the text that it was read from, so that a platform gets its own file back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import ExportError

LARGEST = 20_000_000  # bytes; the gradebook of a thousand learners with a hundred assignments has under a tenth of it
_BOM = "\ufeff"
_SEPARATORS = ",;\t"  # the first wins where two give the same number of cells


@dataclass(slots=True)
class _Cell:
    raw: str  # as it stands in the file, quotes included
    after: str  # the separator or line end behind it

    @property
    def value(self) -> str:
        if len(self.raw) >= 2 and self.raw[0] == self.raw[-1] == '"':
            return self.raw[1:-1].replace('""', '"')
        return self.raw


class Sheet:
    """The rows of a CSV file, the first of which has the headings. Raises ExportError for what is not such a file.

    UTF-8, with or without a byte order mark; cells separated by commas, semicolons or tabs, whichever gives the first
    row the most of them. Lines without any text are kept and are no rows.
    """

    def __init__(self, data: bytes, name: str = "the template") -> None:
        self.name = name
        text = _decoded(data, name)
        self._bom = text.startswith(_BOM)
        text = text[self._bom :]
        self.separator = max(_SEPARATORS, key=lambda each: len(next(filter(_filled, _lines(text, each)), [])))
        self._lines = list(_lines(text, self.separator))
        self._rows = list(filter(_filled, self._lines))
        if not self._rows:
            raise ExportError(f"{name} is empty: export it from the platform again")
        self._check()
        self.rows = [[cell.value for cell in row] for row in self._rows]

    @classmethod
    def read(cls, path: Path) -> "Sheet":
        """The sheet in a file. Raises ExportError, also where the file cannot be read."""
        try:
            if path.stat().st_size > LARGEST:
                raise ExportError(f"{path} is larger than {LARGEST // 1_000_000} MB: that is no gradebook")
            return cls(path.read_bytes(), str(path))
        except OSError as error:
            raise ExportError(f"cannot read the template {path}: {error.strerror}") from error

    @property
    def header(self) -> list[str]:
        """The headings."""
        return self.rows[0]

    def put(self, row: int, column: int, value: str) -> None:
        """Write `value` into a cell; quoted where the cell was, or where it has to be."""
        cell = self._rows[row][column]
        if cell.raw.startswith('"') or any(letter in value for letter in f'{self.separator}"\r\n'):
            cell.raw = '"' + value.replace('"', '""') + '"'
        else:
            cell.raw = value
        self.rows[row][column] = value

    def bytes(self) -> bytes:
        """The file as it is now."""
        text = "".join(cell.raw + cell.after for line in self._lines for cell in line)
        return ((_BOM if self._bom else "") + text).encode("utf-8")

    def _check(self) -> None:
        width = len(self._rows[0])
        for number, row in enumerate(self._rows, 1):
            if len(row) != width:
                raise ExportError(
                    f"{self.name}: row {number} has {len(row)} cells and the headings {width}; "
                    "take the file as the platform exports it, not as a spreadsheet program saved it"
                )


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ExportError(
            f"{name} is not UTF-8, as the platforms export it: a spreadsheet program may have saved it anew; "
            "download it from the platform again and leave it as it is"
        ) from None
    if "\0" in text:
        raise ExportError(f"{name} is not a CSV file")
    return text


def _lines(text: str, separator: str) -> Iterator[list[_Cell]]:
    """The lines of `text`, each a list of cells. A quote that nothing closes is a letter like others."""
    mark = re.escape(separator)
    # Possessive (*+): a hostile cell of a megabyte is gone over once.
    cell = re.compile(rf'("(?:[^"]|"")*+"(?=[{mark}\r\n]|\Z)|[^{mark}\r\n]*+)({mark}|\r\n|\n|\r|\Z)')
    line: list[_Cell] = []
    place = 0
    while place < len(text) or line:
        found = cell.match(text, place)
        assert found is not None  # the second alternative matches anything, and so does the end
        line.append(_Cell(found[1], found[2]))
        place = found.end()
        if found[2] != separator:
            yield line
            line = []


def _filled(line: list[_Cell]) -> bool:
    return any(cell.value for cell in line)
