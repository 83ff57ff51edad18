"""A solution file, cell by cell: jupytext reads it, this adds the line numbers that messages need."""

import ast
import json
import re
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from grader import kept
from grader.exercise.errors import AuthoringError

_MARKER = re.compile(r"^# ?%%")
PLACE, MOST = "solutions", 60
"""The folder of kept cells, and how many solution files it may have."""
SHAPE = 1
"""Raised when `read_cells` makes other cells of the same text: then what was kept is not found."""
_OWN_TO_JUPYTEXT = {"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker"}


@dataclass(frozen=True)
class SourceCell:
    """A cell as written: `line` is the number of its `# %%` line, `options` what stands behind that mark."""

    markdown: bool
    source: str
    line: int
    options: dict[str, Any]


def read_cells(path: Path) -> list[SourceCell]:
    """The cells of a jupytext percent file, in order. Raises AuthoringError for a file that is not one.

    What jupytext made of a text is kept on disk: importing it takes longer than reading a record of a whole class.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise AuthoringError(f"{path}: not a UTF-8 text file; save it as UTF-8") from None
    except OSError as error:
        raise AuthoringError(f"{path}: cannot be read ({error.strerror})") from None
    name = kept.name_of(version("jupytext"), str(SHAPE), text)
    known = kept.read(PLACE, name)
    if known is not None:
        return [SourceCell(**cell) for cell in json.loads(known)]
    cells = _read_by_jupytext(path, text)
    as_text = json.dumps([asdict(cell) for cell in cells])
    if [SourceCell(**cell) for cell in json.loads(as_text)] == cells:
        kept.write(as_text.encode(), PLACE, name)
        kept.tidy(MOST, PLACE)
    return cells


def _read_by_jupytext(path: Path, text: str) -> list[SourceCell]:
    import jupytext

    try:
        ast.parse(text, filename=str(path))
    except SyntaxError as error:
        found = f" near `{error.text.strip()}`" if error.text else ""
        raise AuthoringError(f"{path}:{error.lineno}: syntax error: {error.msg}{found}") from None
    except ValueError as error:  # a NUL byte
        raise AuthoringError(f"{path}: not Python source ({error})") from None
    lines = [number for number, line in enumerate(text.split("\n"), 1) if _MARKER.match(line)]
    try:
        cells = jupytext.reads(text, fmt="py:percent").cells
    except Exception as error:  # of its parsers for YAML and options, or nbformat's
        first = str(error).strip().split("\n", 1)[0]
        raise AuthoringError(f"{path}: jupytext cannot read it: {first}") from error
    if len(cells) != len(lines):  # what stands before the first mark became a cell of its own
        raise AuthoringError(f"{path}:1: there is text before the first '# %%'; put it into a cell")
    for cell, line in zip(cells, lines, strict=True):
        unread = cell.metadata.get("incorrectly_encoded_metadata")
        if unread:
            raise AuthoringError(
                f"{path}:{line}: cannot read the options '{unread}'; write them as name=1 or name=\"text\""
            )
        if cell.cell_type == "raw":
            raise AuthoringError(f"{path}:{line}: a raw cell; write a code or a markdown cell")
    return [
        SourceCell(
            markdown=cell.cell_type == "markdown",
            source=cell.source.rstrip(),
            line=line,
            options={name: value for name, value in cell.metadata.items() if name not in _OWN_TO_JUPYTEXT},
        )
        for cell, line in zip(cells, lines, strict=True)
    ]
