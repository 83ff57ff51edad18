"""Submissions as they also arrive: broken files, each with the one thing wrong that its learner's name says."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.authoring.notebook import to_bytes
from grader.demo.classroom_files import released, solved

FIRST, SECOND = "02_feature_extraction", "04_lora_from_scratch"


def write_broken(folder: Path) -> list[Path]:
    """Write them below `folder`; the paths."""
    written = []
    for learner, (exercise, content) in FILES.items():
        path = folder / learner / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content())
        written.append(path)
    link = folder / "link-to-a-neighbour" / f"{FIRST}.ipynb"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(Path("..") / "cells-duplicated" / link.name)
    return [*written, link]


def _answer(notebook: NotebookNode, question: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == question)


def _changed(change: Callable[[NotebookNode], None], exercise: str = FIRST) -> Callable[[], bytes]:
    def content() -> bytes:
        notebook = solved(exercise)
        change(notebook)
        return to_bytes(notebook)

    return content


def _delete(notebook: NotebookNode) -> None:
    notebook.cells.remove(_answer(notebook, "freeze"))


def _duplicate(notebook: NotebookNode) -> None:
    again = copy.deepcopy(_answer(notebook, "freeze"))
    again.id = "freeze-again"
    notebook.cells.append(again)


def _move(notebook: NotebookNode) -> None:
    cell = _answer(notebook, "freeze")
    notebook.cells.remove(cell)
    notebook.cells.append(cell)


def _lose_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def _fill_with(question: str, source: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        _answer(notebook, question).source = source

    return change


def _outputs(notebook: NotebookNode) -> None:
    cell = _answer(notebook, "freeze")
    cell.outputs = [new_output("stream", name="stdout", text="0123456789abcdef" * 2**16) for _ in range(60)]


def _version_3() -> bytes:
    old = nbformat.v4.downgrade(solved(FIRST))
    return nbformat.v3.writes_json(old).encode()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "not-json": (FIRST, lambda: b"\x89PNG this is a picture of my screen"),
    "format-3": (FIRST, _version_3),
    "empty-file": (SECOND, lambda: b""),
    "sixty-megabytes": (FIRST, _changed(_outputs)),
    "cell-deleted": (FIRST, _changed(_delete)),
    "cells-duplicated": (FIRST, _changed(_duplicate)),
    "cell-moved": (FIRST, _changed(_move)),
    "metadata-lost": (SECOND, _changed(_lose_metadata, SECOND)),
    "syntax-error": (
        FIRST,
        _changed(_fill_with("replace_head", "def replace_head(model, n_classes)\n    return model")),
    ),
    "never-returns": (FIRST, _changed(_fill_with("freeze", "def freeze(module):\n    while True:\n        pass"))),
    "os-exit": (
        SECOND,
        _changed(_fill_with("lora_delta", "import os\n\ndef lora_delta(A, B, alpha):\n    os._exit(0)"), SECOND),
    ),
    "sys-exit": (FIRST, _changed(_fill_with("freeze", "import sys\nsys.exit(0)"))),
    "raises-on-import": (FIRST, _changed(_fill_with("freeze", "raise RuntimeError('this cell never worked for me')"))),
    "unknown-exercise": ("11_quantum_transfer", lambda: to_bytes(released(FIRST))),
    "two-notebooks": (f"{FIRST}-Copy1", lambda: to_bytes(solved(FIRST))),
    "two-notebooks/again": (f"{FIRST} (2)", lambda: to_bytes(released(FIRST))),
}
