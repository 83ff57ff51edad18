"""A record to start from, for the tests of grader.results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.results import RecordStore, SubmissionResult


def record_data(**changes: Any) -> dict[str, Any]:
    """The record of the brief: one question with a misconception and a picture, two of nine points missing."""
    data: dict[str, Any] = {
        "package": "0.1.0",
        "isolation": "full",
        "learner": "Zoë O'Neil",
        "exercise": "02_feature_extraction",
        "status": "graded",
        "reason": None,
        "points": 1.0,
        "max_points": 2.0,
        "seed": "c0ffee",
        "digest": "ab" * 32,
        "seconds": 1.2,
        "cpu_seconds": 0.4,
        "answer_seconds": 0.3,
        "judged_by": "feed",
        "remarks": ["answer cell 'freeze' had lost its metadata; found again by the function it defines"],
        "questions": [
            {
                "id": "freeze",
                "title": "Freeze",
                "minutes": 10,
                "objectives": ["O2", "O3V"],
                "points": 1.0,
                "max_points": 2.0,
                "status": "partial",
                "misconceptions": ["flag_on_the_module"],
                "message": "Every layer moved.",
                "advice": [{"misconception": "flag_on_the_module", "asks": "What does the optimizer hold?"}],
                "behaviours": [
                    {
                        "name": "frozen layers stay put",
                        "passed": False,
                        "points": 0.0,
                        "max_points": 1.0,
                        "message": "They moved.",
                        "observed": "0.4",
                        "expected": "0.0",
                        "picture": {"kind": "bars", "labels": ["stem"], "yours": [0.4], "expected": [0.0]},
                    }
                ],
            }
        ],
    }
    return {**data, **changes}


def not_graded_data(**changes: Any) -> dict[str, Any]:
    empty = {"status": "not_graded", "reason": "the grader was stopped", "points": 0.0, "questions": []}
    return record_data(**{**empty, **changes})


@pytest.fixture
def data() -> dict[str, Any]:
    return record_data()


@pytest.fixture
def make() -> Callable[..., SubmissionResult]:
    return lambda **changes: SubmissionResult.from_dict(record_data(**changes))


@pytest.fixture
def make_not_graded() -> Callable[..., SubmissionResult]:
    return lambda **changes: SubmissionResult.from_dict(not_graded_data(**changes))


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore(tmp_path / "graded")
