"""Putting the demo class's answer files into notebooks."""

import hashlib
from pathlib import Path

import nbformat
import pytest

from grader.demo import write_class
from grader.demo.classroom_files import CLASSROOM, NAMES, submission
from grader.exercise.catalogue import load_exercise

ANSWERS = sorted(CLASSROOM.glob("*/*.py"))


@pytest.mark.parametrize("answers", ANSWERS, ids=lambda p: f"{p.parent.name}-{p.stem[:2]}")
def test_an_answer_file_becomes_a_notebook_with_its_answers(answers: Path) -> None:
    notebook = submission(answers)
    nbformat.validate(notebook)
    cells = {c.metadata.nbgrader.grade_id: c.source for c in notebook.cells if "nbgrader" in c.metadata}
    exercise = load_exercise(answers.stem)
    filled = {q.id for q in exercise.questions if cells[q.id].strip() != q.blank_source.strip()}
    assert filled == {q.id for q in exercise.questions if f'question="{q.id}"' in answers.read_text(encoding="utf-8")}
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_cells_that_the_learner_added_are_where_they_were_put() -> None:
    cells = submission(CLASSROOM / "mei" / "02_feature_extraction.py").cells
    sources = [cell.source for cell in cells]
    answer = next(i for i, c in enumerate(cells) if c.metadata.get("nbgrader", {}).get("grade_id") == "freeze")
    assert "DEVICE" in sources[answer - 1] and "TRAINABLE = False" in sources[answer + 1]


def test_magics_are_magics() -> None:
    sources = [cell.source for cell in submission(CLASSROOM / "carla" / "02_feature_extraction.py").cells]
    assert any(source.startswith("%matplotlib inline") for source in sources)
    assert any(source.startswith("%time ") for source in sources)


def test_names_that_file_systems_dislike(tmp_path: Path) -> None:
    write_class(tmp_path)
    learners = {path.name for path in tmp_path.iterdir()}
    assert set(NAMES.values()) <= learners and not set(NAMES) & learners


def test_writing_it_again_changes_nothing(tmp_path: Path) -> None:
    """Otherwise a second `tl demo` would not resume."""

    def digests() -> dict[str, str]:
        return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in write_class(tmp_path)}

    first = digests()
    assert digests() == first
    assert (tmp_path / "link-to-a-neighbour" / "02_feature_extraction.ipynb").is_symlink()
