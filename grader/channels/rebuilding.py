"""A learner's notebook made anew from its text: the cells of the release in place, and nothing hostile around them.

What other tools then read is made here, so that no output, metadata, attachment or kernel name of a submission can
break them, and no HTML of a learner runs in the browser of who grades it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.authoring.notebook import METADATA
from grader.channels.markdown import harmless_markdown
from grader.channels.one_by_one import Submitted
from grader.submissions.notebook import whole

_LOST = "*This cell is missing in the submission. Does the answer stand elsewhere in the notebook?*"
"""Not the empty cell: nbgrader would score that zero by itself, and no person would look for the answer."""


@dataclass(frozen=True)
class ReleasedCell:
    """A cell that nbgrader knows: what it was when it was handed out."""

    grade_id: str
    markdown: bool
    source: str
    metadata: Mapping[str, Any]
    """Its nbgrader metadata."""


def rebuild(submitted: Submitted, released: Sequence[ReleasedCell]) -> NotebookNode:
    """The submission with its text and the `released` cells, each exactly once and with its own metadata.

    An answer is the cell that grading took for it; a cell that the learner deleted comes back where it belongs, empty.
    Markdown that is not from the exercise is made harmless, whatever page shows it.
    """
    ours = {cell.source.strip() for cell in submitted.exercise.cells if cell.markdown}
    known = {cell.grade_id: cell for cell in released}
    cells, ids = submitted.answered.all_cells, []
    chosen = _answers(submitted)
    for index, cell in enumerate(cells):
        id = chosen.get(index) or _grade_id(cell)
        answer_elsewhere = id in chosen.values() and index not in chosen
        ids.append(id if id in known and not answer_elsewhere else "")
    # Of several cells with one id, the last one counts, as in nbgrader.
    ids = [id if id and id not in ids[place + 1 :] else "" for place, id in enumerate(ids)]
    made = [_new(cell, known.get(id), ours) for cell, id in zip(cells, ids, strict=True)]
    _add_missing(made, ids, released)
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    notebook = new_notebook(cells=made, metadata=json.loads(json.dumps(METADATA)))
    notebook.nbformat_minor = 5
    return notebook


def _answers(submitted: Submitted) -> dict[int, str]:
    """Place of a cell -> the question that it answers, as grading read it."""
    read = zip(submitted.answered.places, submitted.answered.cells, strict=True)
    return {place: cell["question"] for place, cell in read if cell["question"] is not None}


def _new(cell: dict[str, Any], known: ReleasedCell | None, ours: set[str]) -> NotebookNode:
    source = cell.get("source", "")
    source = whole(source) if isinstance(source, str) else ""
    markdown = cell.get("cell_type") != "code" if known is None else known.markdown
    if not markdown:
        made = new_code_cell(source)
    else:
        made = new_markdown_cell(
            source if source.strip() in ours else harmless_markdown(source, cell.get("attachments"))
        )
    if known is not None:
        made.metadata["nbgrader"] = dict(known.metadata)
        if known.metadata["locked"]:
            made.source = known.source
    return made


def _add_missing(cells: list[NotebookNode], ids: list[str], released: Sequence[ReleasedCell]) -> None:
    """Put back what was deleted, each after the released cell that comes before it."""
    after = -1
    for cell in released:
        if cell.grade_id in ids:
            after = ids.index(cell.grade_id)
            continue
        make = new_markdown_cell if cell.markdown else new_code_cell
        by_hand = cell.metadata["grade"] and cell.metadata["solution"]
        cells.insert(after + 1, make(_LOST if by_hand else cell.source, metadata={"nbgrader": dict(cell.metadata)}))
        ids.insert(after + 1, cell.grade_id)
        after += 1


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else ""
