"""The free texts of a notebook: what a person grades, in the learner's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.exercise.model import Exercise
from grader.submissions.notebook import Answered, whole

STUB = "YOUR ANSWER HERE"
"""What a text cell holds when it is handed out (nbgrader's own words)."""


@dataclass(frozen=True)
class Text:
    """What a learner wrote, as Markdown; attachments are pictures of the cell, as the notebook has them."""

    source: str
    attachments: Any = None


def text_of_answer(answered: Answered, exercise: Exercise, question: str) -> Text | None:
    """The learner's text for a question that a person grades; None if nothing was written.

    The last cell marked with the question's id counts, as in nbgrader. If none is left, what the learner wrote in text
    cells after the statement of the question does.
    """
    cells = answered.all_cells
    marked = [cell for cell in cells if _grade_id(cell) == question]
    for cell in reversed(marked):
        source = _written(cell)
        if source:
            return Text(source, cell.get("attachments"))
    return None if marked else _after_statement(cells, exercise, question)


def statement_of(exercise: Exercise, question: str) -> str:
    """The text of the exercise that asks for this free text: the Markdown before its cell."""
    before = ""
    for cell in exercise.cells:
        if cell.role == "manual" and cell.question == question:
            return before
        before = cell.source if cell.markdown else before
    return ""


def _after_statement(cells: list[dict[str, Any]], exercise: Exercise, question: str) -> Text | None:
    ours = {cell.source.strip() for cell in exercise.cells if cell.markdown}
    statement = statement_of(exercise, question).strip()
    places = [place for place, cell in enumerate(cells) if _source(cell).strip() == statement]
    found: list[str] = []
    for cell in cells[places[-1] + 1 :] if places else []:
        if _source(cell).strip() in ours or cell.get("cell_type") == "code":
            break
        found.append(_written(cell))
    text = "\n\n".join(part for part in found if part)
    return Text(text) if text else None


def _written(cell: dict[str, Any]) -> str:
    """The text of a cell without the words that it was handed out with."""
    return _source(cell).strip().removeprefix(STUB).strip()


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return whole(source) if isinstance(source, str) else ""


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else ""
