"""What a run says of results that an earlier one left: of withdrawn submissions, and where grading again failed."""

import hashlib
import json
from pathlib import Path

from classes import EXERCISE, results, start

from grader.results import QuestionResult, RecordStore, SubmissionResult


def _earlier(out: Path, learner: str, digest: str) -> Path:
    """The record of a submission with full marks, by another version of the package."""
    question = QuestionResult("freeze", "Freeze", 10.0, ["O2"], 2.0, 2.0, "passed")
    record = SubmissionResult(
        package="0.0.1",
        isolation="full",
        learner=learner,
        exercise=EXERCISE,
        status="graded",
        reason=None,
        points=2.0,
        max_points=2.0,
        seed="5eed",
        digest=digest,
        questions=[question],
    )
    return RecordStore(out).write(record)


def test_earlier_results_stay_and_are_told(tmp_path: Path) -> None:
    submissions, out = tmp_path / "submissions", tmp_path / "graded"
    torn = submissions / "torn" / f"{EXERCISE}.ipynb"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b'{"cells": [')
    _earlier(out, "torn", hashlib.sha256(torn.read_bytes()).hexdigest())
    gone = _earlier(out, "with\x1b[2Jdrawn", "ab" * 32)
    before = gone.read_bytes()

    grading = start(submissions, out)
    said, err = grading.communicate(timeout=250)

    assert grading.returncode == 1  # one could not be graded
    assert "a later run could not grade this again" in said
    assert "not in the folder of this run" in err and "are kept" in err and f"{gone.parent.name}/{gone.stem}" in err
    assert "\x1b" not in said + err
    assert gone.read_bytes() == before
    assert {learner: result[:2] for learner, result in results(out).items()} == {
        "torn": ("graded", 2.0),
        "with\x1b[2Jdrawn": ("graded", 2.0),
    }
    remarks = json.loads(RecordStore(out).path("torn", EXERCISE).read_text())["remarks"]
    assert len(remarks) == 1 and "earlier run" in remarks[0]
