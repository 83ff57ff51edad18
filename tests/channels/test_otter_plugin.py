"""The otter plugin where this machine cannot show it: nothing that isolates, and Gradescope's metadata."""

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from channel_cases import EXERCISE, released
from otter.run.run_autograder import AutograderConfig

from grader.authoring.notebook import to_bytes
from grader.channels.one_by_one import NotGraded
from grader.channels.otter import plugin
from grader.exercise.catalogue import load_exercise
from grader.sandbox import Probe, Tier


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without bwrap and Landlock."""
    missing = {Tier.FULL: "bwrap is not installed", Tier.REDUCED: "no Landlock"}
    monkeypatch.setattr("grader.sandbox.probe", lambda: Probe((Tier.NONE,), missing))


def test_nothing_that_isolates_stops_the_run_and_says_why(
    bare: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / f"{EXERCISE}.ipynb"
    path.write_bytes(to_bytes(released()))
    made = plugin.GradeInSandbox(str(path), {}, {"exercise": EXERCISE, "key": "k"})
    with pytest.raises(NotGraded, match='set "isolation": "none"'):
        made.before_grading(None)
    said = capsys.readouterr().out
    assert "the strongest isolation here is none" in said and "full is not there: bwrap is not installed" in said
    with pytest.raises(NotGraded, match="was not graded"):
        made.after_grading(plugin.GradingResults([]))


@pytest.mark.parametrize(
    ("others", "message"), [([], "hand in the .ipynb file itself"), (["again/x.ipynb"], "there are 2 notebooks for")]
)
def test_what_otter_would_take_and_we_cannot_is_told(
    others: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(plugin, "_protection", lambda: ("", False))
    path = tmp_path / "mine.ipynb"
    path.write_text("[]", encoding="utf-8")
    for other in others:
        (tmp_path / other).parent.mkdir()
        (tmp_path / other).touch()
    made = plugin.GradeInSandbox(str(path), {}, {"exercise": EXERCISE, "key": "k"})
    made.before_grading(None)
    assert nbformat.read(path, as_version=4).cells == []  # nothing of it is left for otter's kernel
    assert list(tmp_path.iterdir()) == [path]
    before = dict(os.environ)
    made.before_execution(None)
    results = plugin.GradingResults.without_results(EOFError())
    made.after_grading(results)
    assert dict(os.environ) == before
    told = results.to_gradescope_dict(AutograderConfig({"show_hidden": True, "force_public_test_summary": False}))
    (test,) = told["tests"]
    assert (test["name"], test["score"], test["max_score"]) == (
        "not graded",
        0,
        load_exercise("02_feature_extraction").max_points,
    )
    assert message in test["output"] and told["output"] == test["output"]


@pytest.mark.parametrize(
    ("metadata", "learner"),
    [({"users": [{"email": "a@b.org"}, {"email": "c@d.org"}]}, "a@b.org, c@d.org"), ({}, "learner"), ([3], "learner")],
)
def test_who_handed_in(metadata: Any, learner: str):
    assert plugin._learner(metadata) == learner


def test_nothing_that_was_handed_in_is_left(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    folder = tmp_path / "submission"
    (folder / "tests").mkdir(parents=True)
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").touch()
    (folder / ".OTTER_LOG").touch()
    (folder / "link").symlink_to(elsewhere)
    (folder / "x.ipynb").symlink_to(elsewhere / "kept")
    plugin._clear(folder / "x.ipynb")
    assert sorted(p.name for p in folder.iterdir()) == ["tests", "x.ipynb"]
    assert not (folder / "x.ipynb").is_symlink() and (elsewhere / "kept").read_bytes() == b""
