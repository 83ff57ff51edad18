"""`tl grade` as a script meets it: the tier that it asks for, its exit status, its JSON."""

import json
import os
import sys
from pathlib import Path

import pytest

from grader.exercise.catalogue import load_exercise

NAME = "02_feature_extraction"


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """A class of one, whose file is no notebook."""
    path = tmp_path / "submissions" / "anna" / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    return tmp_path / "submissions"


def test_it_asks_for_full_and_takes_nothing_weaker(tl, submissions: Path, tmp_path: Path):
    """As on a machine without bubblewrap; what else is on this one's PATH stays."""
    without = [folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "bwrap").exists()]
    run = tl("grade", submissions, "--out", tmp_path / "graded", PATH=os.pathsep.join(without))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("error: isolation 'full' is not available on this machine: ")
    assert "--isolation" in run.stderr
    assert not (tmp_path / "graded" / "results.json").exists()


def test_a_tier_that_there_is_not(tl, submissions: Path, tmp_path: Path):
    run = tl("grade", submissions, "--out", tmp_path / "graded", "--isolation", "strong")
    assert run.returncode == 2
    assert "choose one of full, reduced, none, best" in run.stderr


def test_what_cannot_be_graded_is_status_1_and_json_is_the_results(tl, submissions: Path, tmp_path: Path):
    out = tmp_path / "graded"
    run = tl("grade", submissions, "--out", out, "--isolation", "none", "--json")
    assert run.returncode == 1, run.stderr
    results = json.loads(run.stdout)
    assert results == json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["isolation"] == "none"
    [entry] = results["submissions"]
    assert (entry["learner"], entry["exercise"], entry["status"], entry["points"]) == ("anna", NAME, "not_graded", 0.0)
    assert entry["reason"].startswith("the file is not a notebook")
    assert entry["max_points"] == load_exercise(NAME).max_points
    assert "passed over" not in run.stderr


def test_it_works_where_files_cannot_be_locked(tl, submissions: Path, tmp_path: Path):
    """The kernel answers `flock` as it does on Lustre that is mounted without it."""
    out = tmp_path / "graded"
    no_flock = Path(__file__).parents[1] / "no_flock.py"
    for _ in range(2):
        run = tl(
            "grade", submissions, "--out", out, "--isolation", "none", launcher=(sys.executable, no_flock, "ENOSYS")
        )
        assert run.returncode == 1 and "1 not graded" in run.stdout, run.stderr
        assert "took over" not in run.stderr and not (out / ".grading.lock.lease").exists()


def test_whoever_has_nothing_to_grade_is_named(tl, submissions: Path, tmp_path: Path):
    (submissions / "Zoë").mkdir()
    (submissions / "Zoë" / "work.zip").touch()
    run = tl("grade", submissions, "--out", tmp_path / "graded", "--isolation", "none")
    assert "passed over: Zoë: no notebook in this folder, only work.zip" in run.stderr


def test_results_do_not_go_among_the_submissions(tl, submissions: Path):
    run = tl("grade", submissions, "--out", submissions / "anna" / "..")
    assert run.returncode == 2 and "give a folder of its own" in run.stderr
    assert [path.name for path in submissions.iterdir()] == ["anna"]


def test_a_folder_without_submissions(tl, tmp_path: Path):
    run = tl("grade", tmp_path / "nowhere", "--out", tmp_path / "graded")
    assert run.returncode == 2
    assert run.stderr.startswith(f"error: {tmp_path / 'nowhere'} is not a folder: give the folder that holds")
    assert not (tmp_path / "graded").exists()
