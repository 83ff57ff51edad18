"""Notebooks of a class, and `collect` into an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from downloads_of_platforms import FEATURES, LORA

from grader.authoring.notebook import to_bytes
from grader.collecting import Outcome, Told, collect
from grader.demo.classroom_files import released, solved
from grader.exercise.catalogue import exercise_names


@pytest.fixture(scope="session")
def blank() -> bytes:
    """02 as it is handed out."""
    return to_bytes(released(FEATURES))


@pytest.fixture(scope="session")
def full() -> bytes:
    """02 with every answer."""
    return to_bytes(solved(FEATURES))


@pytest.fixture(scope="session")
def lora() -> bytes:
    """04 with every answer."""
    return to_bytes(solved(LORA))


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """The folder of submissions, which is not there yet."""
    return tmp_path / "submissions"


@pytest.fixture
def run(into: Path) -> Callable[..., Outcome]:
    """Collect downloads into the folder."""

    def run(*downloads: Path, told: Told | None = None, platform: str | None = None) -> Outcome:
        return collect(downloads, into, exercise_names(), told, platform)

    return run
