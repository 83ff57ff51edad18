"""A hostile notebook made anew: what other tools then read."""

import json
from typing import Any

import nbformat
import pytest
from channel_cases import EXERCISE, answer_cell, released, solved
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.authoring.notebook import to_bytes
from grader.channels.one_by_one import Submitted
from grader.channels.rebuilding import ReleasedCell, rebuild
from grader.exercise.catalogue import load_exercise
from grader.submissions import read_answers

CELLS = [
    ReleasedCell(c.metadata.nbgrader.grade_id, c.cell_type == "markdown", c.source, dict(c.metadata.nbgrader))
    for c in released().cells
    if "nbgrader" in c.metadata
]


def _rebuilt(data: bytes | nbformat.NotebookNode, cells: list[ReleasedCell] = CELLS) -> nbformat.NotebookNode:
    data = data if isinstance(data, bytes) else to_bytes(data)
    exercise = load_exercise(EXERCISE)
    made = rebuild(Submitted(exercise, data, read_answers(data, exercise)), cells)
    nbformat.validate(made)
    return made


def _by_id(notebook: nbformat.NotebookNode) -> dict[str, str]:
    marked = [c for c in notebook.cells if "nbgrader" in c.metadata]
    found = {c.metadata.nbgrader.grade_id: c.source for c in marked}
    assert len(found) == len(marked)
    return found


def test_an_honest_notebook_keeps_every_source():
    made = _rebuilt(solved())
    assert [(c.cell_type, c.source) for c in made.cells] == [(c.cell_type, c.source) for c in solved().cells]
    assert _by_id(made).keys() == {c.grade_id for c in CELLS}


def test_deleted_cells_come_back_in_their_places():
    notebook = solved()
    notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "freeze_test"]
    notebook.cells.remove(answer_cell(notebook, "replace_head"))
    made = _rebuilt(notebook)
    ids = [c.metadata.nbgrader.grade_id for c in made.cells if "nbgrader" in c.metadata]
    assert ids == [c.grade_id for c in CELLS]
    assert _by_id(made)["replace_head"] == load_exercise(EXERCISE).question("replace_head").blank_source


def test_the_answer_is_the_cell_that_grading_takes():
    notebook = solved()
    again = new_code_cell("", metadata=answer_cell(notebook, "freeze").metadata, id="again")
    notebook.cells.append(again)
    assert _by_id(_rebuilt(notebook))["freeze"] == load_exercise(EXERCISE).question("freeze").answer_source


def test_lost_metadata_is_given_back():
    notebook = solved()
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    found = _by_id(_rebuilt(notebook))
    for question in load_exercise(EXERCISE).questions:
        assert found[question.id] == question.answer_source


@pytest.mark.parametrize("way", ["into the check", "into text", "into another answer"])
def test_an_answer_that_went_elsewhere_is_shown_and_nothing_is_lost(way: str):
    notebook, exercise = solved(), load_exercise(EXERCISE)
    answer, check = (answer_cell(notebook, "freeze"), next(c for c in notebook.cells if c.get("id") == "freeze_test"))
    if way == "into text":
        answer.cell_type = "markdown"
        del answer["outputs"], answer["execution_count"]
    else:
        into = check if way == "into the check" else answer_cell(notebook, "prepare")
        into.source = f"{answer.source}\n{into.source}"
        notebook.cells.remove(answer)
    made = _by_id(_rebuilt(notebook))
    assert made.keys() == {c.grade_id for c in CELLS} and made["freeze_test"] == 'check("freeze")'
    holder = "prepare" if way == "into another answer" else "freeze"
    assert exercise.question("freeze").answer_source in made[holder]


def test_a_lost_free_text_is_not_scored_as_empty():
    notebook = solved()
    notebook.cells.remove(answer_cell(notebook, "explain"))
    # An empty free text would be scored zero by nbgrader, without a person.
    assert "missing in the submission" in _by_id(_rebuilt(notebook))["explain"]


def test_locked_cells_are_those_of_the_release():
    notebook = solved()
    check = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "freeze_test")
    check.source = "print('all right')"
    check.metadata.nbgrader.points = 1000
    made = _rebuilt(notebook)
    cell = next(c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "freeze_test")
    assert (cell.source, cell.metadata.nbgrader.points) == ('check("freeze")', 2.0)


def test_html_of_a_learner_is_text_and_ours_stays():
    notebook = solved()
    notebook.cells.append(new_markdown_cell("<script>x()</script> 1 < 2 <b>", id="html"))
    made = _rebuilt(notebook)
    assert made.cells[-1].source == "<div><p>&lt;script&gt;x()&lt;/script&gt; 1 &lt; 2 &lt;b&gt;</p>\n</div>"
    assert any("<details>" in c.source for c in made.cells)


@pytest.mark.parametrize(
    "attached",
    [{"a": {"image/svg+xml": "<svg onload=x()>"}}, {"a": {"image/png": 'x" onload="x()'}}, {"a": 3}, ["a"]],
)
def test_attachments_that_are_no_pixels_are_named(attached: Any):
    content = json.loads(to_bytes(solved()))
    source = "see ![it](attachment:a)"
    content["cells"].append({"cell_type": "markdown", "metadata": {}, "source": source, "attachments": attached})
    cell = _rebuilt(json.dumps(content).encode()).cells[-1]
    assert "attachments" not in cell and "attachment:" not in cell.source
    assert "a picture that is not shown here&#58; it a" in cell.source


@pytest.mark.parametrize("kind", ["code", "markdown", "raw"])
def test_half_a_character_is_replaced_wherever_it_stands(kind: str):
    content = json.loads(to_bytes(solved()))
    content["cells"].append({"cell_type": kind, "metadata": {"x": "\ud800"}, "source": ["\udfffa = '\ud800", "'"]})
    content["cells"][0]["attachments"] = {"\ud800": {"image/png": "\ud800"}}
    content["metadata"]["\ud800"] = "\ud800"
    made = _rebuilt(json.dumps(content).encode())
    assert nbformat.writes(made).encode("utf-8") and "\N{REPLACEMENT CHARACTER}" in made.cells[-1].source


def test_nothing_but_text_is_taken_over():
    content = json.loads(to_bytes(solved()))
    content["metadata"] = {"kernelspec": {"name": "evil"}, "widgets": "x", "celltoolbar": 3}
    content["cells"] += [
        7,
        {"cell_type": "code", "source": 5, "outputs": "no list", "metadata": "none"},
        {"cell_type": "raw", "source": ["a", 1, "b"], "metadata": {"tags": 3}},
    ]
    made = _rebuilt(json.dumps(content).encode())
    assert made.metadata.kernelspec.name == "python3" and "widgets" not in made.metadata
    assert [c.source for c in made.cells[-2:]] == ["", "ab"]
