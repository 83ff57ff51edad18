"""The real `otter run` on the autograder.zip that `tl release --to otter` writes, and otter in a learner's notebook."""

import json
import os
import pickle
import zipfile
from pathlib import Path

import nbformat
import pytest
from channel_cases import EXERCISE, KEY, Run

from grader.authoring.notebook import fill
from grader.exercise.catalogue import ROOT, load_exercise

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def released(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with student.zip and autograder.zip of the exercise."""
    base = tmp_path_factory.mktemp("otter")
    run("grader.cli", "release", "out", "--to", "otter", "-e", EXERCISE, "--key", KEY, cwd=base)
    return base / "out" / EXERCISE


def _otter_run(run: Run, released: Path, submission: Path, out: Path, status: int = 0) -> tuple[dict, str]:
    out.mkdir()
    command = ("otter", "run", "-a", released / "autograder.zip", "-o", out, submission)
    done = run(*command, cwd=out, status=status)
    path = out / "results.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}, done.stdout + done.stderr


@pytest.mark.parametrize("learner", ["right", "Zoë O'Neil", "wrong", "dies", "<script>"])
def test_points_and_messages_are_those_of_tl_grade(
    learner: str, run: Run, released: Path, submissions: Path, native: dict, tmp_path: Path
):
    results, log = _otter_run(run, released, submissions / learner / f"{EXERCISE}.ipynb", tmp_path / "out")
    found = {test["name"]: test for test in results["tests"]}
    for question in native[learner]["questions"]:
        test = found.pop(question["id"])
        assert test["score"] == pytest.approx(question["points"], abs=1e-4)
        assert test["max_score"] == question["max_points"]
        assert test["visibility"] == "visible"
        assert question["message"] in test["output"]
    assert found == {}
    assert "the strongest isolation here is" in log and "graded with isolation:" in log


def test_hidden_tests_are_not_in_the_results(run: Run, released: Path, submissions: Path, tmp_path: Path):
    results, _ = _otter_run(run, released, submissions / "wrong" / f"{EXERCISE}.ipynb", tmp_path / "out")
    text = json.dumps(results)
    assert "What does the optimizer hold" in text
    assert KEY not in text and "def test_" not in text and "expect(" not in text


def test_an_endless_loop_costs_its_question_only(
    run: Run, released: Path, submissions: Path, native: dict, tmp_path: Path
):
    results, _ = _otter_run(run, released, submissions / "hangs" / f"{EXERCISE}.ipynb", tmp_path / "out")
    found = {test["name"]: test["score"] for test in results["tests"]}
    expected = {question["id"]: question["points"] for question in native["hangs"]["questions"]}
    assert found == pytest.approx(expected, abs=1e-4)
    assert found["freeze"] == 0 and sum(found.values()) > 0


class _Opens:
    """What a pickle of a hostile learner does when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def test_what_comes_with_a_notebook_never_runs(run: Run, released: Path, submissions: Path, tmp_path: Path):
    marks = tmp_path / "marks"
    marks.mkdir()
    handed_in = tmp_path / "handed-in.zip"
    with zipfile.ZipFile(handed_in, "w") as archive:
        archive.write(submissions / "wrong" / f"{EXERCISE}.ipynb", f"{EXERCISE}.ipynb")
        for module in ("otter", "pickle", "json", "sitecustomize", "ipykernel_launcher"):
            archive.writestr(f"{module}.py", f"import os\nos.mkdir({str(marks / module)!r})\n")
        archive.writestr(".OTTER_LOG", pickle.dumps(_Opens(marks / "log")))
        archive.writestr("tests/freeze.py", f"import os\nos.mkdir({str(marks / 'test')!r})\n")
    results, _ = _otter_run(run, released, handed_in, tmp_path / "out")
    found = {test["name"]: test["score"] for test in results["tests"]}
    assert found["freeze"] == 0 and len(found) == len(load_exercise(EXERCISE).questions)
    assert list(marks.iterdir()) == []


def test_otter_itself_stops_at_what_is_no_notebook_without_a_score(
    run: Run, released: Path, submissions: Path, tmp_path: Path
):
    """`otter run` reads the file before it asks anything of the zip; the other doors are in test_gradescope.py."""
    results, _ = _otter_run(run, released, submissions / "not-json" / f"{EXERCISE}.ipynb", tmp_path / "out", status=1)
    assert results == {}


def test_otter_checks_in_the_learners_notebook(run: Run, released: Path, tmp_path: Path):
    with zipfile.ZipFile(released / "student.zip") as archive:
        archive.extractall(tmp_path)
    folder = next(tmp_path.glob(f"{EXERCISE}-*"))
    notebook = nbformat.read(folder / f"{EXERCISE}.ipynb", as_version=4)
    answer = load_exercise(EXERCISE).question("freeze").answer_source
    cells = fill(notebook, {"freeze": answer}).cells
    setup = next(c for c in cells if c.cell_type == "code" and "import check" in c.source)
    otter = next(c for c in cells if c.get("id") == "otter")
    freeze = next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "freeze")
    new = nbformat.v4.new_code_cell
    ask = "result = grader.check('freeze')\nprint(result.passed_all, result.possible)"
    wrong = "def freeze(module):\n    return module"
    notebook.cells = [setup, otter, freeze, new(ask), new(wrong), new(ask + "\nprint(result)")]
    nbformat.write(notebook, folder / f"{EXERCISE}.ipynb")
    run("jupyter", "execute", "--inplace", f"{EXERCISE}.ipynb", cwd=folder, PYTHONPATH=str(ROOT))
    done = nbformat.read(folder / f"{EXERCISE}.ipynb", as_version=4)
    first, second = done.cells[3].outputs, done.cells[5].outputs
    assert any(o.get("text", "") == "True 2.0\n" for o in first)
    assert any("text/html" in o.get("data", {}) for o in first)
    assert any(o.get("text", "").startswith("False 2.0\nfreeze results:") for o in second)
