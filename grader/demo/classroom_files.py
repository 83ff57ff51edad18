"""Builds the demo's submissions: answers of `classroom/<learner>/<exercise>.py` put into the blanks of the exercise.

An answer file is in jupytext's percent format. `# %% question="freeze"` is an answer; a question without one keeps its
blank. `# %% before="freeze"` is a cell that the learner added above an answer, `# %% after="freeze"` one below it.
The broken submissions are made by `grader.demo.broken`.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.authoring.notebook import fill
from grader.exercise.catalogue import course_folder, load_exercise
from grader.exercise.percent import SourceCell, read_cells

CLASSROOM = Path(__file__).parent / "classroom"
NAMES = {"zoe": "Zoë O'Neil", "script": "<script>alert(1)<"}
"""Names that the class's roll has and file names of a repository had better not have."""


def released(exercise: str) -> NotebookNode:
    """The exercise as learners get it."""
    return nbformat.read(course_folder() / "exercises" / f"{exercise}.ipynb", as_version=4)


def answered(learner: str, exercise: str) -> set[str]:
    """The questions that the answer file of a learner (the name of the folder) has an answer to."""
    cells = read_cells(CLASSROOM / learner / f"{exercise}.py")
    return {str(cell.options["question"]) for cell in cells if "question" in cell.options}


def submission(answers: Path) -> NotebookNode:
    """The notebook that results from an answer file."""
    cells = read_cells(answers)
    given = {cell.options["question"]: cell.source for cell in cells if "question" in cell.options}
    notebook = fill(released(answers.stem), given)
    for cell in cells:
        for side in ("before", "after"):
            if side in cell.options:
                _insert(notebook, cell, side)
    return notebook


def solved(exercise: str) -> NotebookNode:
    """The exercise with the author's solutions."""
    return fill(released(exercise), {q.id: q.answer_source for q in load_exercise(exercise).questions})


def _insert(notebook: NotebookNode, cell: SourceCell, side: str) -> None:
    at = next(
        i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == cell.options[side]
    )
    added = new_code_cell(cell.source, id=f"added-{len(notebook.cells)}")
    notebook.cells.insert(at + (side == "after"), added)
