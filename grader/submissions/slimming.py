"""What grading needs of a notebook, and no more: text, kind and question of its cells, and pictures in its texts.

Run as a program, it slims a file from stdin to stdout within bounds of memory and CPU time, and may die of it:
a stranger's file can be made so that JSON of some MiB becomes objects of some GiB. Standard library only.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MEMORY = 2**30
"""Bytes of address space that reading a file may take."""
CPU_SECONDS = 10
"""60 MiB of outputs take one."""
MAX_CELLS = 5_000
MAX_SHEETS = 5
"""Of format 3; Jupyter never made more than one."""
MAX_CODE = 2 * 2**20
"""All code of a notebook together; what is longer is refused by whoever reads it."""
MAX_TEXT = 8 * 2**20
"""All Markdown of a notebook together, and as much for one of its pictures."""
MAX_PICTURES = 32 * 2**20
"""All pictures in texts together. What is beyond is left out, as nobody's points depend on it."""
NOT_JSON = 3
TOO_MUCH = 4


def slim(notebook: Any) -> Any:
    """`notebook`, as JSON gives it, without outputs and whatever else is not read. Format 3 stays format 3."""
    if not isinstance(notebook, dict):
        return None
    version = notebook.get("nbformat")
    version = version if isinstance(version, (int, float)) and abs(version) < 100 else None
    room = {"code": MAX_CODE + 1, "text": MAX_TEXT, "pictures": MAX_PICTURES}
    if version == 3:
        sheets = notebook.get("worksheets", [])
        if not isinstance(sheets, list) or not all(isinstance(s, dict) for s in sheets):
            return {"nbformat": 3, "worksheets": None}
        each_sheet = [_cells(sheet.get("cells", []), room, old=True) for sheet in sheets[:MAX_SHEETS]]
        kept: list[dict[str, Any]] = [{"cells": cells, "metadata": {}} for cells in each_sheet]
        return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": kept}
    return {"nbformat": version, "cells": _cells(notebook.get("cells"), room, old=False)}


def _cells(cells: Any, room: dict[str, int], old: bool) -> list[dict[str, Any] | None] | None:
    if not isinstance(cells, list):
        return None
    # One more than there may be, so that whoever reads them knows.
    return [_cell(cell, room, old) if isinstance(cell, dict) else None for cell in cells[: MAX_CELLS + 1]]


def _cell(cell: dict[str, Any], room: dict[str, int], old: bool) -> dict[str, Any]:
    kind = cell.get("cell_type")
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    marked = {"nbgrader": {"grade_id": grade_id}} if isinstance(grade_id, str) and len(grade_id) < 1000 else {}
    source = cell.get("input" if old and kind == "code" else "source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    source = source if isinstance(source, str) else ""
    # A text cell that is marked may be an answer: it is code that became text.
    which = "code" if kind == "code" or marked else "text"
    source = source[: room[which]]
    room[which] -= len(source)
    kept: dict[str, Any] = {"cell_type": kind if kind in ("code", "raw", "heading") else "markdown", "metadata": marked}
    if not old:
        kept |= {"source": source, "attachments": _attachments(cell.get("attachments"), room)}
    elif kind == "code":
        kept |= {"input": source, "outputs": [], "language": "python", "collapsed": False}
    else:
        kept |= {"source": source, "level": 1}
    return kept


def _attachments(attached: Any, room: dict[str, int]) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    for name, kinds in attached.items() if isinstance(attached, dict) else ():
        for kind, data in kinds.items() if isinstance(kinds, dict) else ():
            length = len(data) + len(name) + len(kind) + 100 if isinstance(data, str) else 0
            if 0 < length <= min(MAX_TEXT, room["pictures"]):
                room["pictures"] -= length
                kept.setdefault(name, {})[kind] = data
    return kept


def main() -> int:
    """Slim stdin to stdout: 0, or NOT_JSON, or TOO_MUCH. By a signal, it has taken too long."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # systems without such limits; a class is graded on Linux
        pass
    try:
        data = sys.stdin.buffer.read()
        text = data.decode(json.detect_encoding(data), "surrogatepass")
        del data
        kept = json.dumps(slim(json.loads(text)))
    except (ValueError, RecursionError):
        return NOT_JSON
    except MemoryError:
        return TOO_MUCH
    sys.stdout.write(kept)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
