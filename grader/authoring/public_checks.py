"""The public checks of an exercise, taken out of its solution into a module that learners install."""

import subprocess
import sys

from grader.exercise.errors import AuthoringError
from grader.exercise.model import Exercise
from grader.exercise.reading import SHARED_CHECK_CELLS


def checks_module(exercise: Exercise) -> bytes:
    """The source of `tlcore/checks/<topic>.py`: shared cells first, then the questions' checks in their order.

    ruff sorts its imports and formats it, so that a generated module reads like a written one.
    """
    cells = [cell for cell in exercise.cells if cell.role == "public_check"]
    cells.sort(
        key=lambda cell: [*SHARED_CHECK_CELLS, None].index(
            cell.question if cell.question in SHARED_CHECK_CELLS else None
        )
    )
    source = f"solutions/{exercise.name}.py"
    doc = f'"""The public checks of {exercise.name}.\n\nBuilt by `tl build` from {source}; do not edit.\n"""'
    text = "\n\n".join([doc, *(cell.source for cell in cells)]) + "\n"
    name = f"tlcore/checks/{exercise.topic}.py"
    text = _ruff(text, exercise, "check", "--fix-only", "--quiet", "--stdin-filename", name, "-")
    return _ruff(text, exercise, "format", "--quiet", "--stdin-filename", name, "-").encode("utf-8")


def _ruff(text: str, exercise: Exercise, *arguments: str) -> str:
    # The project's own settings whatever folder this runs in: the text comes by stdin, the settings from the checkout.
    command = [sys.executable, "-m", "ruff", *arguments]
    run = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", cwd=exercise.path.parents[1])
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        if "No module named" in last:
            last = "ruff is not installed; run make setup"
        raise AuthoringError(f"{exercise.path}: the public checks cannot be formatted: {last}")
    return run.stdout
