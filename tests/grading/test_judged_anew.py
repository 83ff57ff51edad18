"""A changed hidden test: the next run into the same folder grades again what it judged, says so, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.notebook import fill, to_bytes
from grader.demo.classroom_files import released
from grader.exercise.catalogue import ROOT, load_exercise
from grader.results.judges import changed_files, read_judges

FEATURES, LORA = "02_feature_extraction", "04_lora_from_scratch"
SAYS, NOW_SAYS = "What should happen to the update when r is doubled?", "Compare two ranks."


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout, whose hidden tests may be changed."""
    copy = tmp_path / "checkout"
    for folder in ("grader", "tlcore", "solutions"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """One learner: a wrong first answer in the last exercise, and the other exercise blank."""
    folder = tmp_path / "submissions" / "ada"
    folder.mkdir(parents=True)
    first = load_exercise(LORA).questions[0]
    wrong = {first.id: f"def {first.defines[0]}(A, B, alpha):\n    return 7.0 * B @ A"}
    (folder / f"{LORA}.ipynb").write_bytes(to_bytes(fill(released(LORA), wrong)))
    (folder / f"{FEATURES}.ipynb").write_bytes(to_bytes(released(FEATURES)))
    return folder.parent


def _grade(checkout: Path, submissions: Path) -> str:
    """What `tl grade` of that checkout says."""
    words = [sys.executable, "-m", "grader.cli", "grade", str(submissions), "--out", str(checkout.parent / "graded")]
    run = subprocess.run(
        [*words, "--key", "k", "--isolation", "best"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def _records(checkout: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (checkout.parent / "graded" / "records").glob("*/*.json")}


def test_a_changed_hidden_test_grades_again_and_an_unchanged_one_does_not(checkout: Path, submissions: Path) -> None:
    said = _grade(checkout, submissions)
    first = _records(checkout)
    assert "from an earlier run" not in said and "not count any more" not in said
    assert SAYS in first[LORA].decode() and json.loads(first[LORA])["judged_by"]

    said = _grade(checkout, submissions)
    assert "2 of them from an earlier run" in said and "not count any more" not in said
    assert _records(checkout) == first

    hidden = checkout / "grader" / "hidden" / "lora_from_scratch" / "lora_delta.py"
    text = hidden.read_text(encoding="utf-8")
    assert text.count(SAYS) == 1
    hidden.write_text(text.replace(SAYS, NOW_SAYS), encoding="utf-8")
    said = _grade(checkout, submissions)
    assert "1 of them from an earlier run" in said and "1 earlier result does not count any more" in said
    again = _records(checkout)
    assert again[FEATURES] == first[FEATURES]
    assert NOW_SAYS in again[LORA].decode() and SAYS not in again[LORA].decode()

    (earlier,) = (checkout.parent / "graded" / "earlier").iterdir()
    assert {path.stem: path.read_bytes() for path in earlier.glob("records/*/*.json")} == {LORA: first[LORA]}
    assert "nobody's points changed since the run of 2" in said and "--against last" in said
    known = read_judges(checkout.parent / "graded")
    before, after = (known[json.loads(records[LORA])["judged_by"]] for records in (first, again))
    assert changed_files(before, after) == ["grader/hidden/lora_from_scratch/lora_delta.py"]
