"""One sandbox and one judge for what is graded here."""

import pytest
from small_notebooks import FIRST, IMPORTS, notebook

from grader.exercise.catalogue import exercise_names
from grader.exercise.libraries import imported_by
from grader.grading.judge import Judge
from grader.sandbox import Sandbox
from grader.sandbox.launch import modules_for
from grader.submissions import find_submissions


@pytest.fixture(scope="module")
def warm_sandbox():
    with Sandbox("best", preload=modules_for(imported_by(exercise_names()))) as box:
        yield box


@pytest.fixture(scope="session")
def judge():
    return Judge("a course key", 20.0)


@pytest.fixture
def grade(warm_sandbox, judge, tmp_path):
    """Grades cells as a learner's submission; the result."""

    def graded(*cells, exercise=FIRST, beside=None):
        path = tmp_path / "ada" / f"{exercise}.ipynb"
        path.parent.mkdir()
        path.write_bytes(notebook(IMPORTS[exercise], *cells))
        for name, text in (beside or {}).items():
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).write_text(text)
        (found,) = find_submissions(tmp_path, exercise_names())
        return judge.result(warm_sandbox, found)

    return graded
