"""A small graded class on the disk, and the real `tl`."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.pages import write_pages
from grader.results import RecordStore, SubmissionResult


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Path]:
    """Write records into an output folder, and the pages as `tl report` does; the folder."""

    def write(*records: SubmissionResult) -> Path:
        store = RecordStore(tmp_path / "graded")
        for record in records:
            store.write(record)
        write_pages(store.out, list(records))
        return store.out

    return write


@pytest.fixture
def tl(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `tl` with these arguments in a process of its own."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "tl"), *map(str, arguments)]
        environment = {**os.environ, "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)

    return run
