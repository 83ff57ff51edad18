"""`tl similar` on a folder of notebooks, as an instructor runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_alike import KEY, OTHER, RENAMED, WAYS

from grader.exercise.catalogue import course_folder

NOTEBOOK = course_folder() / "exercises" / f"{KEY[0]}.ipynb"


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """Notebooks as handed out, with an answer to two questions in each; one of them is not a notebook."""
    folder = tmp_path / "submissions"
    for learner, text in {**WAYS, "zoe": RENAMED, "blank": None}.items():
        notebook = json.loads(NOTEBOOK.read_bytes())
        for cell in notebook["cells"]:
            question = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if text and question in (KEY[1], OTHER[1]):
                cell["source"] = text.replace("def prepare", f"def {question}")
        (folder / learner).mkdir(parents=True)
        (folder / learner / NOTEBOOK.name).write_text(json.dumps(notebook))
    (folder / "broken").mkdir()
    (folder / "broken" / NOTEBOOK.name).write_text("{")
    return folder


def similar(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "tl"), "similar", *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=280)


def test_the_pair_is_found_and_the_page_says_what_it_means(submissions: Path, tmp_path: Path):
    done = similar(submissions, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    assert [pair["learners"] for pair in told["pairs"]] == [["ada", "zoe"]]
    assert {each["question"] for each in told["pairs"][0]["questions"]} == {OTHER[1], KEY[1]}
    assert {(each["question"], each["answers"]) for each in told["questions"]} == {(OTHER[1], 7), (KEY[1], 7)}
    assert [each["learner"] for each in told["left_out"]] == ["broken"]
    page = (tmp_path / "similar.html").read_text(encoding="utf-8")
    assert "ada and zoe" in page
    assert "It is no ground for taking points away." in page


def test_results_are_not_notebooks(tmp_path: Path):
    (tmp_path / "results.json").write_text("{}")
    done = similar(tmp_path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "give the folder that `tl grade` was given" in done.stderr
    done = similar(tmp_path / "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "is not a folder" in done.stderr
