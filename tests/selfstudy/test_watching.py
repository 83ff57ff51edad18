"""Every way of saving is seen once, and only saves are."""

import os
import threading
from pathlib import Path

import pytest
from learner_answers import FLAG, RIGHT, save_in_place, save_like_jupyter

from grader.selfstudy.errors import NoNotebook
from grader.selfstudy.watching import Patience, Watch

NAMES = ["02_feature_extraction"]


@pytest.fixture
def notebook(folder: Path) -> Path:
    return folder / "02_feature_extraction.ipynb"


@pytest.mark.parametrize("place", ["folder", "notebook"])
def test_each_save_is_seen_once(notebook: Path, place: str):
    watch = Watch(notebook if place == "notebook" else notebook.parent, NAMES)
    assert watch.changed() == [notebook]  # the first look sees everything
    assert watch.changed() == []
    for save in (save_like_jupyter, save_in_place):
        for answer in (FLAG, RIGHT):
            save(notebook, answer)
            assert watch.changed() == [notebook]
            assert watch.changed() == []


def test_a_save_of_the_same_size_and_time_is_seen_by_the_new_file(notebook: Path):
    watch = Watch(notebook, NAMES)
    watch.changed()
    before = notebook.stat()
    other = notebook.with_name(".~other")
    other.write_bytes(notebook.read_bytes())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(notebook)
    assert watch.changed() == [notebook]


def test_a_notebook_that_is_gone_for_a_moment_is_waited_for(notebook: Path):
    watch = Watch(notebook, NAMES)
    watch.changed()
    data = notebook.read_bytes()
    notebook.unlink()
    assert watch.changed() == []
    notebook.write_bytes(data + b"\n")
    assert watch.changed() == [notebook]


def test_a_new_notebook_in_the_folder_is_seen_and_others_are_not(notebook: Path):
    watch = Watch(notebook.parent, NAMES)
    watch.changed()
    (notebook.parent / "notes.ipynb").write_text("{}")
    (notebook.parent / ".ipynb_checkpoints").mkdir()
    (notebook.parent / ".ipynb_checkpoints" / notebook.name).write_text("{}")
    (notebook.parent / f".~{notebook.name}").write_text("{}")
    copy = notebook.with_name("02_feature_extraction-Copy1.ipynb")
    copy.write_bytes(notebook.read_bytes())
    assert watch.changed() == [copy]


def test_a_folder_that_is_moved_is_said_once_to_be_gone_and_back(notebook: Path):
    said: list[str] = []
    watch = Watch(notebook.parent, NAMES, said.append)
    watch.changed()
    elsewhere = notebook.parent.rename(notebook.parent.with_name("elsewhere"))
    assert [watch.changed(), watch.changed()] == [[], []]
    elsewhere.rename(notebook.parent)
    assert [watch.changed(), watch.changed()] == [[], []]
    assert said == [
        f"{notebook.parent} is gone: was it moved? Waiting until it is back; Ctrl-C ends",
        f"{notebook.parent} is back",
    ]


def test_a_file_that_could_not_be_read_is_given_again(notebook: Path):
    watch = Watch(notebook, NAMES)
    watch.changed()
    watch.forget(notebook)
    assert watch.changed() == [notebook]


def test_it_ends_when_told(notebook: Path):
    stop = threading.Event()
    seen = []
    for path in Watch(notebook, NAMES).saves(stop, 0.01):
        seen.append(path)
        stop.set()
    assert seen == [notebook]


def test_nothing_to_watch_is_said_at_once(tmp_path: Path):
    with pytest.raises(NoNotebook):
        Watch(tmp_path, NAMES)


def test_patience_ends_and_begins_anew():
    patient, hasty = Patience(60), Patience(0)
    assert patient.failed(Path("a"))
    assert not hasty.failed(Path("a"))
    patient.worked(Path("a"))
    assert patient.failed(Path("a"))
