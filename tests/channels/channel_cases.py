"""A few submissions of every kind, right, wrong, broken and hostile, and how to run a command on them."""

import subprocess
from collections.abc import Callable

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.authoring.notebook import fill
from grader.exercise.catalogue import ROOT, load_exercise

EXERCISE = "02_feature_extraction"
KEY = "a key for tests"
LIMIT = 5.0
"""Seconds a question; the right answers here take under two on a busy machine."""

LOUD = "import sys, warnings\nprint('100%|#####|', file=sys.stderr)\nwarnings.warn('this is fine')\n"

Run = Callable[..., subprocess.CompletedProcess[str]]


def released() -> nbformat.NotebookNode:
    """The exercise as learners get it."""
    return nbformat.read(ROOT / "exercises" / f"{EXERCISE}.ipynb", as_version=4)


def solved() -> nbformat.NotebookNode:
    """The exercise with the author's solutions."""
    return fill(released(), {q.id: q.answer_source for q in load_exercise(EXERCISE).questions})


def answer_cell(notebook: nbformat.NotebookNode, question: str) -> nbformat.NotebookNode:
    """The answer cell of a question."""
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == question)


def all_submissions() -> dict[str, nbformat.NotebookNode | bytes]:
    """Learner -> notebook, or the bytes of a file that is none."""
    made: dict[str, nbformat.NotebookNode | bytes] = {"blank": released(), "not-json": b"\x89PNG", "right": solved()}
    loud = solved()
    for question in load_exercise(EXERCISE).questions:
        answer_cell(loud, question.id).source = LOUD + question.answer_source
    made["Zoë O'Neil"] = loud
    for learner, source in {
        "hangs": "def freeze(module):\n    while True:\n        pass",
        "dies": "def freeze(module):\n    import os\n    os._exit(0)",
        "wrong": "def freeze(module):\n    module.requires_grad = False\n    return module",
    }.items():
        made[learner] = fill(solved(), {"freeze": source})
    hostile = solved()
    hostile.metadata["kernelspec"] = {"name": "no-such-kernel", "display_name": "<script>alert(1)</script>"}
    hostile.cells = [c for c in hostile.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "freeze_test"]
    answer_cell(hostile, "replace_head").metadata["nbgrader"] = ["not", "what", "it", "was"]
    hostile.cells.append(new_markdown_cell("<script>alert('mine')</script>", id="html"))
    hostile.cells.insert(0, new_code_cell("import os\nos.environ['HOSTILE'] = 'yes'", id="first"))
    made["<script>"] = hostile
    return made
