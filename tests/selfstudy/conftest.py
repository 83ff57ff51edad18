"""A course of one real question, `freeze`, and a learner's home and folder of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.build import build
from grader.selfstudy.starting import place_notebooks


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the course, built by what builds the real ones."""
    root = tmp_path_factory.mktemp("a course") / "root"
    shutil.copytree(Path(__file__).with_name("course"), root)
    build(root=root)
    return root


@pytest.fixture
def folder(course: Path, tmp_path: Path) -> Path:
    """A learner's folder as `tl start` leaves it."""
    place_notebooks(tmp_path / "my work", course)
    return tmp_path / "my work"


@pytest.fixture
def learner(course: Path, tmp_path: Path) -> Callable[..., Any]:
    """The real `tl` of one learner, in a process of its own; with `start=True` it is not waited for."""
    at_home = tmp_path / "home"
    at_home.mkdir()

    def run(*arguments: object, start: bool = False, **variables: str) -> Any:
        command = [str(Path(sys.executable).parent / "tl"), *map(str, arguments), "--root", str(course)]
        environment = {**os.environ, "HOME": str(at_home), "TL_HOME": str(tmp_path / "kept")}
        environment["TL_CACHE"] = str(tmp_path / "cache")
        environment |= {"PYTHONIOENCODING": "utf-8", **variables}
        how: dict[str, Any] = {"cwd": at_home, "env": environment, "stdin": subprocess.DEVNULL, "text": True}
        if start:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
        return subprocess.run(command, capture_output=True, timeout=280, **how)

    return run
