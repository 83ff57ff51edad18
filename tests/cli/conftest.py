"""The real `tl`, in a process of its own, as a user runs it."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.results import Behaviour, QuestionResult, RecordStore, SubmissionResult

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tl(tmp_path: Path) -> Run:
    """Run `tl` with these arguments in an empty folder with an empty home; its status, stdout and stderr.

    `launcher` is a program, with its arguments, that starts it.
    """
    home = tmp_path / "home"
    home.mkdir()

    def run(*arguments: object, launcher: Sequence[object] = (), **variables: str) -> subprocess.CompletedProcess[str]:
        command = [*map(str, launcher), str(Path(sys.executable).parent / "tl"), *map(str, arguments)]
        environment = {**os.environ, "HOME": str(home), "PYTHONIOENCODING": "utf-8", **variables}
        return subprocess.run(
            command, cwd=home, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280
        )

    return run


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """The output folder of a small class: one graded, one whose name is hostile, one not graded."""
    store = RecordStore(tmp_path / "graded")
    for learner, points in (("Zoë O'Neil", 1.0), ("=cmd|'/c calc'!A1<script>alert(1)</script>", 0.0), ("Broken", None)):
        questions = []
        if points is not None:
            behaviour = Behaviour("it doubles", points > 0, points, 1.0, "You gave 3.", "3", "6")
            status = "passed" if points else "failed"
            questions = [QuestionResult("double", "Double it", 5, ["O1"], points, 1.0, status, behaviours=[behaviour])]
        store.write(
            SubmissionResult(
                package="0.1.0",
                isolation="full",
                learner=learner,
                exercise="01_doubling",
                status="not_graded" if points is None else "graded",
                reason="not a notebook" if points is None else None,
                points=points or 0.0,
                max_points=1.0,
                seed="00",
                digest="00",
                questions=questions,
            )
        )
    return store.out
