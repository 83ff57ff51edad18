"""A small course of its own, so that these tests do not change with the real exercises."""

import shutil
from pathlib import Path

import pytest

COURSE = Path(__file__).parent / "course"
NAME = "01_doubling"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with `solutions/01_doubling.py`, to build in and to spoil."""
    root = tmp_path / "a course"
    shutil.copytree(COURSE, root)
    return root


@pytest.fixture
def spoil(course: Path):
    """Replace a text in the solution file, once; the course."""

    def replace(old: str, new: str) -> Path:
        path = course / "solutions" / f"{NAME}.py"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return course

    return replace
