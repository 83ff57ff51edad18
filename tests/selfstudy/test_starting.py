"""Notebooks in a learner's folder: nothing of theirs is ever overwritten."""

import json
import os
import sys
from pathlib import Path

import pytest
from learner_answers import RIGHT, with_answer

from grader.selfstudy import starting
from grader.selfstudy.errors import CannotStart
from grader.selfstudy.starting import SETTINGS, Placed, jupyter_command, jupyter_environment, place_notebooks

NAME = "02_feature_extraction"


@pytest.fixture
def release(course: Path, tmp_path: Path) -> Path:
    """A root whose notebook may be changed, as a newer release does."""
    root = tmp_path / "release"
    (root / "exercises").mkdir(parents=True)
    (root / "exercises" / f"{NAME}.ipynb").write_bytes((course / "exercises" / f"{NAME}.ipynb").read_bytes())
    return root


def renew(root: Path, words: str) -> bytes:
    path = root / "exercises" / f"{NAME}.ipynb"
    content = json.loads(path.read_bytes())
    content["cells"][0]["source"] = words
    path.write_text(json.dumps(content))
    return path.read_bytes()


def states(placed: list[Placed]) -> list[tuple[str, str]]:
    return [(each.state, each.path.name) for each in placed]


def test_answers_stay_when_it_is_run_again(release: Path, tmp_path: Path):
    folder = tmp_path / "deep" / "my folder"
    assert states(place_notebooks(folder, release)) == [("copied", f"{NAME}.ipynb")]
    mine = folder / f"{NAME}.ipynb"
    assert mine.read_bytes() == (release / "exercises" / mine.name).read_bytes()
    mine.write_bytes(with_answer(mine, RIGHT))
    kept = mine.read_bytes()
    assert states(place_notebooks(folder, release)) == [("kept", mine.name)]
    assert mine.read_bytes() == kept


def test_a_newer_release_goes_beside_once(release: Path, tmp_path: Path):
    folder = tmp_path / "mine"
    place_notebooks(folder, release)
    mine = folder / f"{NAME}.ipynb"
    mine.write_bytes(with_answer(mine, RIGHT))
    kept = mine.read_bytes()
    names = [f"{NAME}-new-{starting.version('tl-exercises')}{end}.ipynb" for end in ("", "-2")]
    for words, name in zip(("# newer", "# newer still"), names, strict=True):
        newer = renew(release, words)
        assert states(place_notebooks(folder, release)) == [("beside", name)]
        assert (folder / name).read_bytes() == newer
        assert states(place_notebooks(folder, release)) == [("kept", mine.name)]
        assert mine.read_bytes() == kept
    # What was put beside may be thrown away: it does not come again.
    (folder / names[1]).unlink()
    assert states(place_notebooks(folder, release)) == [("kept", mine.name)]


@pytest.mark.parametrize("note", [None, "", "[1]", "{", '{"02_feature_extraction": 5}'])
def test_without_a_note_of_the_release_the_notebook_itself_tells(release: Path, tmp_path: Path, note: str | None):
    folder = tmp_path / "mine"
    place_notebooks(folder, release)
    mine = folder / f"{NAME}.ipynb"
    mine.write_bytes(with_answer(mine, RIGHT))

    def forget() -> None:
        (folder / starting.RELEASED).unlink()
        if note is not None:
            (folder / starting.RELEASED).write_text(note)

    forget()
    assert states(place_notebooks(folder, release))[0][0] == "kept"
    forget()
    renew(release, "# newer")
    assert states(place_notebooks(folder, release))[0][0] == "beside"


def test_a_notebook_that_was_broken_is_not_overwritten_either(release: Path, tmp_path: Path):
    mine = tmp_path / f"{NAME}.ipynb"
    mine.write_bytes(b"half a noteb")
    assert states(place_notebooks(tmp_path, release))[0][0] == "beside"
    assert mine.read_bytes() == b"half a noteb"


def test_a_link_to_nowhere_is_not_followed(release: Path, tmp_path: Path):
    mine = tmp_path / "mine" / f"{NAME}.ipynb"
    mine.parent.mkdir()
    mine.symlink_to(tmp_path / "elsewhere.ipynb")
    assert states(place_notebooks(mine.parent, release))[0][0] == "beside"
    assert not (tmp_path / "elsewhere.ipynb").exists()


def test_nothing_is_left_of_the_making(release: Path, tmp_path: Path):
    place_notebooks(tmp_path / "mine", release)
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {f"{NAME}.ipynb", starting.RELEASED}


def test_without_hard_links_it_is_the_same(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(starting.os, "link", refuse)
    folder = tmp_path / "mine"
    assert states(place_notebooks(folder, release)) == [("copied", f"{NAME}.ipynb")]
    assert {path.name for path in folder.iterdir()} == {f"{NAME}.ipynb", starting.RELEASED}
    assert states(place_notebooks(folder, release)) == [("kept", f"{NAME}.ipynb")]


def test_what_cannot_be_done_is_said_with_what_to_do(release: Path, tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("mine")
    for folder, words in (
        (file, "is a file: choose another"),
        (file / "below", "cannot be written .*choose another"),
        (release / "exercises", "originals"),
    ):
        with pytest.raises(CannotStart, match=words):
            place_notebooks(folder, release)
    assert file.read_text() == "mine"
    with pytest.raises(CannotStart, match="tl build"):
        place_notebooks(tmp_path / "mine", tmp_path / "no release")
    assert not (tmp_path / "mine").exists()


def test_jupyterlab_is_of_this_environment_and_begins_in_the_folder(tmp_path: Path):
    command = jupyter_command(tmp_path, browser=False, more=["--port=1"])
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path.resolve()}" in command
    assert "--no-browser" in command and command[-1] == "--port=1"
    assert "--no-browser" not in jupyter_command(tmp_path, browser=True)


def test_without_jupyterlab_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(starting, "find_spec", lambda name: None)
    with pytest.raises(CannotStart, match=r"pip install .*--no-lab"):
        jupyter_command(tmp_path, browser=True)


def test_jupyter_settings_of_ones_own_are_kept_behind_those_of_start():
    assert jupyter_environment({"A": "1"}) == {"A": "1", "JUPYTER_CONFIG_PATH": str(SETTINGS)}
    both = jupyter_environment({"JUPYTER_CONFIG_PATH": "mine"})["JUPYTER_CONFIG_PATH"]
    assert both == f"{SETTINGS}{os.pathsep}mine"
    assert (SETTINGS / "labconfig" / "page_config.json").is_file()
