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
    for name, content in FILES.items():
        path = folder / name
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
    """The solved exercise with one change."""

    def content() -> bytes:
        notebook = solved(exercise)
        change(notebook)
        return to_bytes(notebook)

    return content


def _with_answer(question: str, source: str, exercise: str = FIRST) -> Callable[[], bytes]:
    """The solved exercise with another answer to one question."""

    def change(notebook: NotebookNode) -> None:
        _answer(notebook, question).source = source

    return _changed(change, exercise)


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


def _another_exercise() -> bytes:
    """A notebook with answer cells that no exercise of this course has."""
    notebook = released(FIRST)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = f"quantum_{cell.metadata.nbgrader.grade_id}"
    return to_bytes(notebook)


def _sixty_megabytes_of_outputs(notebook: NotebookNode) -> None:
    cell = _answer(notebook, "freeze")
    cell.outputs = [new_output("stream", name="stdout", text="0123456789abcdef" * 2**16) for _ in range(60)]


def _in_format_3() -> bytes:
    old = nbformat.v4.downgrade(solved(FIRST))
    return nbformat.v3.writes_json(old).encode()


NO_COLON = """def replace_head(model, n_classes)
    return model"""
ENDLESS = """def freeze(module):
    while True:
        pass"""
KILLS_ITS_PROCESS = """import os

def lora_delta(A, B, alpha):
    os._exit(0)"""
EXITS = """import sys
sys.exit(0)"""
RAISES = "raise RuntimeError('this cell never worked for me')"

FILES: dict[str, Callable[[], bytes]] = {
    # Files that are no notebook, or not the one that was asked for.
    f"not-json/{FIRST}.ipynb": lambda: b"\x89PNG this is a picture of my screen",
    f"format-3/{FIRST}.ipynb": _in_format_3,
    f"empty-file/{SECOND}.ipynb": lambda: b"",
    f"sixty-megabytes/{FIRST}.ipynb": _changed(_sixty_megabytes_of_outputs),
    "unknown-exercise/11_quantum_transfer.ipynb": _another_exercise,
    f"two-notebooks/{FIRST}-Copy1.ipynb": lambda: to_bytes(solved(FIRST)),
    f"two-notebooks/again/{FIRST} (2).ipynb": lambda: to_bytes(solved(FIRST)),
    f"nothing-filled-in/{FIRST}.ipynb": lambda: to_bytes(released(FIRST)),
    # Answer cells that are not where they were.
    f"cell-deleted/{FIRST}.ipynb": _changed(_delete),
    f"cells-duplicated/{FIRST}.ipynb": _changed(_duplicate),
    f"cell-moved/{FIRST}.ipynb": _changed(_move),
    f"metadata-lost/{SECOND}.ipynb": _changed(_lose_metadata, SECOND),
    # One answer that does not run; the others are right.
    f"syntax-error/{FIRST}.ipynb": _with_answer("replace_head", NO_COLON),
    f"never-returns/{FIRST}.ipynb": _with_answer("freeze", ENDLESS),
    f"os-exit/{SECOND}.ipynb": _with_answer("lora_delta", KILLS_ITS_PROCESS, SECOND),
    f"sys-exit/{FIRST}.ipynb": _with_answer("freeze", EXITS),
    f"raises-on-import/{FIRST}.ipynb": _with_answer("freeze", RAISES),
}
"""Where below the folder of submissions, and what the file holds."""
