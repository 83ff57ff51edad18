"""The learner's notebook of an exercise. nbgrader's own preprocessors strip the solutions and lock the cells."""

import copy
import re
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.exercise import blanks
from grader.exercise.errors import AuthoringError
from grader.exercise.model import Cell, Exercise

#: What every Jupyter with a Python kernel understands, and nothing of the author's machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build_notebook(exercise: Exercise) -> NotebookNode:
    """The notebook that learners get: nbformat 4.5 with nbgrader's metadata (schema 3), without any solution.

    Building the same exercise twice gives equal notebooks. Raises AuthoringError where nbgrader finds it invalid.
    """
    notebook = new_notebook(metadata=copy.deepcopy(METADATA))
    notebook.nbformat_minor = 5
    ids: set[str] = set()
    for cell in exercise.cells:
        notebook.cells.append(_new_cell(cell, exercise, ids))
    return _released(notebook, exercise)


def source_notebook(exercise: Exercise) -> NotebookNode:
    """The instructor's version, as `nbgrader generate_assignment` takes it: solutions inside their marks."""
    notebook = build_notebook(exercise)
    marked = {cell.question: cell.source for cell in exercise.cells if cell.role in ("answer", "manual")}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        nbgrader.pop("checksum", None)
        cell.source = marked.get(nbgrader.get("grade_id"), cell.source)
    return notebook


def solved_notebook(exercise: Exercise) -> NotebookNode:
    """The notebook as a learner would hand it in who wrote the author's solutions."""
    return fill(build_notebook(exercise), {question.id: question.answer_source for question in exercise.questions})


def fill(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """A copy of `notebook` with the source of each answer cell named in `answers` (question id to source) replaced.

    Raises AuthoringError where the notebook has no such answer cell.
    """
    filled = copy.deepcopy(notebook)
    cells = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in filled.cells
        if "nbgrader" in cell.metadata and cell.metadata.nbgrader.solution
    }
    for id, source in answers.items():
        if id not in cells:
            raise AuthoringError(f"the notebook has no answer cell '{id}'; it has {', '.join(cells) or 'none'}")
        cells[id].source = source
    return filled


def to_bytes(notebook: NotebookNode) -> bytes:
    """The file of a notebook: the same notebook always gives the same bytes."""
    return (nbformat.writes(notebook, version=4).rstrip("\n") + "\n").encode("utf-8")


def _new_cell(cell: Cell, exercise: Exercise, ids: set[str]) -> NotebookNode:
    metadata: dict[str, object] = {"tags": list(cell.tags)} if cell.tags else {}
    if cell.role == "answer":
        metadata["nbgrader"] = _nbgrader(f"{cell.question}", grade=False, solution=True)
    elif cell.role == "check":
        points = exercise.question(f"{cell.question}").points
        metadata["nbgrader"] = _nbgrader(f"{cell.question}_test", grade=True, solution=False) | {"points": points}
    elif cell.role == "manual":
        metadata["nbgrader"] = _nbgrader(f"{cell.question}", grade=True, solution=True) | {"points": cell.points}
    make = new_markdown_cell if cell.markdown else new_code_cell
    return make(source=cell.source, metadata=metadata, id=_cell_id(cell, ids))


def _nbgrader(grade_id: str, grade: bool, solution: bool) -> dict[str, object]:
    return {
        "grade": grade,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _cell_id(cell: Cell, taken: set[str]) -> str:
    """An id that stays while the author works on other cells: from the question, or else from the first words."""
    if cell.role in ("answer", "manual"):
        id = f"{cell.question}"
    elif cell.role in ("check", "hints"):
        id = f"{cell.question}_{'test' if cell.role == 'check' else 'hints'}"
    else:
        words = re.findall(r"[a-z0-9]+", cell.source.split("\n", 1)[0].lower())
        id = "-".join([cell.role, *words])[:48].rstrip("-")
    unique, count = id, 1
    while unique in taken:
        count += 1
        unique = f"{id}-{count}"
    taken.add(unique)
    return unique


def _released(notebook: NotebookNode, exercise: Exercise) -> NotebookNode:
    """What `nbgrader generate_assignment` does to a notebook, in its order, without its database and folders."""
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearHiddenTests,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )

    steps = [
        LockCells(),
        ClearSolutions(code_stub={"python": blanks.STUB}),
        ClearOutput(),
        CheckCellMetadata(),
        ComputeChecksums(),
        ClearHiddenTests(),
        ComputeChecksums(),
        CheckCellMetadata(),
    ]
    try:
        resources: dict[str, object] = {}
        for step in steps:
            notebook, resources = step.preprocess(notebook, resources)
        nbformat.validate(notebook)
    except Exception as error:  # nbgrader raises RuntimeError, ValueError, ValidationErrors of two libraries
        raise AuthoringError(f"{exercise.path}: nbgrader refuses the notebook: {error}") from error
    return notebook
