"""Behind every door is the same grading: none asks hidden tests by itself, each has its results from `grade`."""

import re
from pathlib import Path

from grader.exercise.catalogue import ROOT

GRADER = ROOT / "grader"


def importing(pattern: str, *folders: str) -> set[str]:
    """The modules below some folders of `grader` with an import that matches."""
    line = re.compile(rf"^\s*(?:from|import)\s.*(?:{pattern})", re.M)
    paths = [path for folder in folders for path in (GRADER / folder).rglob("*.py")]
    return {name_of(path) for path in paths if line.search(path.read_text(encoding="utf-8"))}


def name_of(path: Path) -> str:
    return path.relative_to(GRADER).as_posix()


def test_no_door_asks_hidden_tests_by_itself() -> None:
    asking = r"\bhidden\b|judging\.trace|judging import .*trace|judging\.verdict"
    assert importing(asking, "judging") >= {"judging/answer_key.py", "judging/trace.py"}  # such imports are seen
    assert importing(asking, "channels", "selfstudy", "cli", "pages", "results", "submissions") == set()


def test_every_door_has_its_results_from_one_function() -> None:
    grades = importing(r"grading\.submission import .*\bgrade\b", "")
    assert grades == {"grading/judge.py", "channels/one_by_one.py", "selfstudy/checking.py"}
