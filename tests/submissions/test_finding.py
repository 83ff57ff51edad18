"""Which notebooks a folder holds, and what is said of those that cannot be graded."""

import json
import os
import shutil
import socket
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.exercise.catalogue import load_exercise
from grader.names import safe_name
from grader.submissions import NotReadable, choosing, finding, read_bytes
from grader.submissions.finding import UNKNOWN, NoSubmissions, find_submissions, passed_over
from grader.submissions.naming import apart, text_of
from grader.text import cell_text

NAMES = ["02_feature_extraction", "04_lora_from_scratch"]


def _put(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}")


def test_both_layouts_are_found(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction.ipynb", "zoë o'neil/hw2/04_lora_from_scratch.ipynb")
    found = find_submissions(tmp_path, NAMES)
    assert [(f.learner, f.exercise, f.problem) for f in found] == [
        ("ada", NAMES[0], None),
        ("zoë o'neil", NAMES[1], None),
    ]


def test_checkpoints_and_other_files_are_left_alone(tmp_path):
    _put(
        tmp_path,
        "ada/.ipynb_checkpoints/02_feature_extraction-checkpoint.ipynb",
        "ada/notes.txt",
        "ada/02_feature_extraction.ipynb",
    )
    assert len(find_submissions(tmp_path, NAMES)) == 1


def test_a_copy_is_taken_for_its_exercise_with_a_remark(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction (1).ipynb", "bo/04_LoRA_from_scratch-Copy2.ipynb")
    found = find_submissions(tmp_path, NAMES)
    assert [f.exercise for f in found] == NAMES
    assert all(f.problem is None and "taken for" in f.remarks[0] for f in found)


def test_the_exact_name_wins_over_copies_and_the_others_are_named(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction.ipynb", "ada/02_feature_extraction-Copy1.ipynb")
    (found,) = find_submissions(tmp_path, NAMES)
    assert found.path.name == "02_feature_extraction.ipynb"
    assert "02_feature_extraction-Copy1.ipynb" in found.remarks[0]


def test_several_copies_and_no_exact_name_are_not_guessed_between(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction (1).ipynb", "ada/02_feature_extraction (2).ipynb")
    (found,) = find_submissions(tmp_path, NAMES)
    assert "keep one" in found.problem


def test_an_unknown_exercise_is_a_submission_with_a_reason(tmp_path):
    _put(tmp_path, "ada/11_quantum.ipynb")
    (found,) = find_submissions(tmp_path, NAMES)
    assert found.exercise == "11_quantum" and "02_feature_extraction" in found.problem


def test_a_link_is_not_followed(tmp_path):
    _put(tmp_path, "ada/02_feature_extraction.ipynb")
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "02_feature_extraction.ipynb").symlink_to("../ada/02_feature_extraction.ipynb")
    (tmp_path / "mallory").symlink_to("ada")
    found = find_submissions(tmp_path, NAMES)
    assert [f.learner for f in found] == ["ada", "eve"]
    assert "symbolic link" in found[1].problem


@pytest.mark.parametrize("kind", ["missing", "file", "empty"])
def test_nothing_to_grade_says_what_to_give(tmp_path, kind):
    folder = tmp_path / "submissions"
    if kind == "file":
        folder.write_text("x")
    elif kind == "empty":
        folder.mkdir()
    with pytest.raises(NoSubmissions, match="folder|notebook"):
        find_submissions(folder, NAMES)


def test_a_course_of_nbgrader_is_not_taken_for_its_submissions(tmp_path):
    _put(tmp_path, "source/02_feature_extraction/02_feature_extraction.ipynb", "nbgrader_config.py")
    with pytest.raises(NoSubmissions, match="give its submissions, .*submitted"):
        find_submissions(tmp_path, NAMES)


def test_the_folder_of_one_learner_is_said_to_be_one(tmp_path):
    _put(tmp_path, "02_feature_extraction.ipynb")
    with pytest.raises(NoSubmissions, match="give the folder above"):
        find_submissions(tmp_path, NAMES)


def test_names_that_browsers_and_other_systems_make_are_notebooks(tmp_path):
    _put(
        tmp_path,
        "a/02_feature_extraction.IPYNB",
        "b/02_feature_extraction.ipynb.json",
        "c/04_lora_from_scratch.ipynb.txt",
    )
    found = find_submissions(tmp_path, NAMES)
    assert [(f.learner, f.exercise, f.problem) for f in found] == [
        ("a", NAMES[0], None),
        ("b", NAMES[0], None),
        ("c", NAMES[1], None),
    ]
    assert "taken for" in found[1].remarks[0] and "taken for" in found[2].remarks[0]


def test_nobody_is_lost_silently(tmp_path):
    _put(
        tmp_path,
        "ada/02_feature_extraction.ipynb",
        "bo/work.zip",
        "bo/.hidden",
        "loose.ipynb",
        "notes.txt",
        "graded/results.json",
    )
    _put(tmp_path, ".cy/02_feature_extraction.ipynb", ".ipynb_checkpoints/loose-checkpoint.ipynb", ".git/config")
    (tmp_path / "dee").mkdir()
    (tmp_path / "eve").symlink_to("ada")
    assert [sentence.split(":")[0] for sentence in passed_over(tmp_path, tmp_path / "graded")] == [
        "loose.ipynb",
        ".cy",
        "bo",
        "dee",
        "eve",
    ]
    said = passed_over(tmp_path, tmp_path / "graded")
    assert "only work.zip" in said[2] and "empty" in said[3] and "link" in said[4]
    assert [f.learner for f in find_submissions(tmp_path, NAMES)] == ["ada"]


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that any user may enter, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for inside, _, _ in os.walk(folder):
        os.chmod(inside, 0o755)
    shutil.rmtree(folder)


@contextmanager
def _somebody() -> Iterator[None]:
    """As a user whom modes of files hold back: root reads everything."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_closed_folder_is_its_learner_s_alone(open_to_all: Path):
    folder = open_to_all
    _put(folder, "ada/02_feature_extraction.ipynb", "ada/data/x.csv", "bo/04_lora_from_scratch.ipynb")
    _put(folder, "cy/02_feature_extraction/02_feature_extraction.ipynb", "dee/02_feature_extraction.ipynb")
    for closed in ("ada/data", "bo", "cy/02_feature_extraction", "dee/02_feature_extraction.ipynb"):
        (folder / closed).chmod(0)
    with _somebody():
        found = find_submissions(folder, NAMES)
        said = passed_over(folder, folder / "out")
        with pytest.raises(NotReadable, match="cannot be opened"):
            read_bytes(next(f.path for f in found if f.learner == "dee"))
    told = [(f.learner, f.exercise, bool(f.problem)) for f in found]
    assert told == [
        ("ada", NAMES[0], False),
        ("bo", UNKNOWN, True),
        ("cy", NAMES[0], True),
        ("dee", NAMES[0], False),
    ]
    assert "the folder data cannot be read (Permission denied)" in found[0].remarks[0]
    assert all("cannot be read (Permission denied)" in f.problem for f in found if f.problem)
    assert said == []  # each of them is in the results


def test_a_closed_class_says_so(open_to_all: Path):
    open_to_all.chmod(0)
    with _somebody(), pytest.raises(NoSubmissions, match="cannot be read"):
        find_submissions(open_to_all, NAMES)


def test_links_in_circles_sockets_and_pipes_are_nobody_else_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _put(tmp_path, "ada/02_feature_extraction.ipynb")
    for name in ("circle", "circle.ipynb"):
        (tmp_path / name).symlink_to(name)
    for learner in ("bo", "cy", "dee"):
        (tmp_path / learner).mkdir()
    (tmp_path / "bo" / "02_feature_extraction.ipynb").symlink_to("02_feature_extraction.ipynb")
    os.mkfifo(tmp_path / "cy" / "02_feature_extraction.ipynb")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path / "dee")  # the path of a socket is short
        listening.bind("02_feature_extraction.ipynb")
        found = find_submissions(tmp_path, NAMES)
        assert [f.learner for f in found] == ["ada", "bo", "cy", "dee"]
        for one in found[1:]:
            with pytest.raises(NotReadable):
                read_bytes(one.path)
        assert [s.split(":")[0] for s in passed_over(tmp_path, tmp_path / "out")] == ["circle.ipynb", "circle"]


def test_a_folder_that_goes_while_it_is_looked_at_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _put(tmp_path, "ada/02_feature_extraction.ipynb", "bo/02_feature_extraction.ipynb")
    listed = finding._folders

    def and_then_it_goes(folder: Path) -> list[Path]:
        there = listed(folder)
        shutil.rmtree(folder / "bo")
        return there

    monkeypatch.setattr(finding, "_folders", and_then_it_goes)
    assert [(f.learner, f.problem is None) for f in find_submissions(tmp_path, NAMES)] == [("ada", True), ("bo", False)]


@pytest.mark.parametrize("becomes", ["link", "socket", "folder", "nothing"])
@pytest.mark.parametrize("what", ["bo", "bo/hw", "bo/hw/02_feature_extraction.ipynb"])
def test_what_becomes_something_else_before_it_is_read_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, becomes: str
):
    _put(tmp_path, "ada/hw/02_feature_extraction.ipynb", "bo/hw/02_feature_extraction.ipynb")
    bo = find_submissions(tmp_path, NAMES)[1]
    assert read_bytes(bo.path, bo.below) == b"{}"
    changing, other = tmp_path / what, tmp_path / what.replace("bo", "ada")
    shutil.move(changing, tmp_path.parent / f"{tmp_path.name} before")
    with socket.socket(socket.AF_UNIX) as listening:
        if becomes == "link":
            changing.symlink_to(other)
        elif becomes == "socket":
            monkeypatch.chdir(changing.parent)  # the path of a socket is short
            listening.bind(changing.name)
        elif becomes == "folder":
            changing.mkdir()
        with pytest.raises(NotReadable):
            read_bytes(bo.path, bo.below)
    shutil.rmtree(tmp_path.parent / f"{tmp_path.name} before", ignore_errors=True)


@pytest.mark.parametrize("name", ["{}.ipynb", "02_feature_extraction ({}).ipynb", "d/{}/x.ipynb"])
def test_ten_thousand_files_are_one_line_that_counts_them(tmp_path: Path, name: str):
    _put(tmp_path, "ada/02_feature_extraction.ipynb", *(f"bo/{name.format(i)}" for i in range(10_000)))
    found = find_submissions(tmp_path, NAMES)
    assert [f.learner for f in found] == ["ada", "bo"]
    assert "10,000 notebooks" in found[1].problem.replace("10000", "10,000") and len(found[1].problem) < 500


def test_a_right_notebook_among_many_is_found(tmp_path: Path):
    _put(tmp_path, *(f"bo/{i}.ipynb" for i in range(2_000)), "bo/02_feature_extraction.ipynb")
    _put(tmp_path, *(f"bo/02_feature_extraction ({i}).ipynb" for i in range(2_000)))
    found = find_submissions(tmp_path, NAMES)
    assert [(f.exercise, f.problem is None) for f in found] == [(UNKNOWN, False), (NAMES[0], True)]
    assert all(len(remark) < 500 for one in found for remark in one.remarks)


def test_large_notebooks_beside_one_another_are_not_all_read_before_the_class_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Each may take ten seconds to read, and the class waits."""
    read: list[Path] = []
    monkeypatch.setattr(choosing, "read_bytes", lambda path, below: read.append(path) or read_bytes(path, below))
    for number in range(3):
        _put(tmp_path, f"bo/02_feature_extraction ({number}).ipynb", f"bo/{number}.ipynb")
        os.truncate(tmp_path / "bo" / f"{number}.ipynb", 50 * 2**20)
    _put(tmp_path, "bo/02_feature_extraction.ipynb")
    found = find_submissions(tmp_path, NAMES)
    assert read == [] and [one.problem for one in found if one.exercise == NAMES[0]] == [None]


def test_more_files_than_anybody_hands_in_are_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "MAX_FILES", 100)
    _put(tmp_path, "ada/02_feature_extraction.ipynb", *(f"bo/{i // 50}/{i}.txt" for i in range(200)))
    found = find_submissions(tmp_path, NAMES)
    assert [(f.learner, f.problem is None) for f in found] == [("ada", True), ("bo", False)]
    assert passed_over(tmp_path, tmp_path / "out") == []


def test_names_that_are_no_utf_8_stay_apart(tmp_path: Path):
    names = [
        b"ann\xe9",
        b"ann\xe8",
        b"ann\xff\xfe",
        b"ann\xfe\xff",
        b"ann\\xe9",
        b"ann\\\\xe9",
        b"ann\\\xe9",
        "anné".encode(),
    ]
    names.append("ann\ufffd".encode())
    for name in names:
        _put(tmp_path, Path(os.fsdecode(name)) / "02_feature_extraction.ipynb")
    found = find_submissions(tmp_path, NAMES)
    assert len({f.learner for f in found}) == len({safe_name(f.learner) for f in found}) == len(names)
    for one in found:
        one.learner.encode("utf-8")
    assert text_of("anné") == "anné" and text_of(os.fsdecode(b"ann\xe9")) == r"ann\xe9"


def test_names_that_look_alike_are_told_apart_in_every_table(tmp_path: Path):
    """What one table shows for two learners would let points that are set by hand go to the other."""
    names = ["ann", "ann\u200b", "ann\u00ad", "ann ", " ann", "a  b", "a b", "a\tb", "a\u00a0b", "ann\x01", "ann\x02"]
    names += ["caf\u00e9", "cafe\u0301", "=x", "'=x", r"ann\u200b", "\u202eann", "ann\u3164", "zo\u00eb o'neil", "b  c"]
    names.append(os.fsdecode(b"ann\xa0"))
    for name in names:
        _put(tmp_path, Path(name) / "02_feature_extraction.ipynb")
    learners = [f.learner for f in find_submissions(tmp_path, NAMES)]
    shown = {unicodedata.normalize("NFC", cell_text(learner)) for learner in learners}
    assert len(learners) == len(set(learners)) == len(shown) == len(names)
    # Whose name is like nobody else's keeps it, and so does the plain one of several.
    assert {"ann", "a b", "caf\u00e9", "zo\u00eb o'neil", "b  c", r"ann\u200b", "cafe\\u0301"} <= set(learners)
    assert apart(["ann\u200b"]) == {"ann\u200b": "ann\u200b"}


def _notebook(folder, path, *, filled):
    """The first exercise's notebook, with every answer or as it was handed out."""
    cells = [
        {
            "cell_type": "code",
            "source": question.answer_source if filled else question.blank_source,
            "metadata": {"nbgrader": {"grade_id": question.id}},
            "outputs": [],
        }
        for question in load_exercise(NAMES[0]).questions
    ]
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))


@pytest.mark.parametrize(
    "name",
    [
        "Copy of X",
        "Copy of Copy of X",
        "Kopie von X",
        "X - Copy",
        "X - Copy (2)",
        "X - Kopie",
        "X copy",
        "X copy 2",
        "X-1",
        "X-12",
        "X_2",
        "X(1)",
        "X-Copy1 (1)",
        "X-Copy1-Copy2",
        "X.ipynb",
        "X.ipynb (1)",
        "doe_jane_12345_67890_X-1",
        "X final",
    ],
)
def test_names_that_systems_make_of_a_copy_are_the_exercises(tmp_path, name):
    """By the name alone: there is nothing in the file."""
    _put(tmp_path, f"ada/{name.replace('X', NAMES[1])}.ipynb")
    (found,) = find_submissions(tmp_path, NAMES)
    assert (found.exercise, found.problem) == (NAMES[1], None)
    assert found.path.name in found.remarks[0] and "taken for" in found.remarks[0]


@pytest.mark.parametrize("name", ["my evening", "homework 2", "Untitled3"])
def test_a_notebook_is_known_by_its_cells(tmp_path, name):
    _notebook(tmp_path, f"ada/{name}.ipynb", filled=False)
    (found,) = find_submissions(tmp_path, NAMES)
    assert (found.exercise, found.problem) == (NAMES[0], None) and "by its cells" in found.remarks[0]


@pytest.mark.parametrize("copy", ["02_feature_extraction-Copy1", "my evening"])
def test_a_filled_copy_is_graded_and_not_the_untouched_original_beside_it(tmp_path, copy):
    _notebook(tmp_path, f"ada/{NAMES[0]}.ipynb", filled=False)
    _notebook(tmp_path, f"ada/{copy}.ipynb", filled=True)
    (found,) = find_submissions(tmp_path, NAMES)
    assert found.path.stem == copy and found.problem is None
    assert any(f"not graded: {NAMES[0]}.ipynb, with no answer" in remark for remark in found.remarks)


def test_of_two_that_are_filled_the_exact_name_counts_and_two_copies_are_not_guessed_between(tmp_path):
    _notebook(tmp_path, f"ada/{NAMES[0]}.ipynb", filled=True)
    _notebook(tmp_path, f"ada/{NAMES[0]}-1.ipynb", filled=True)
    _notebook(tmp_path, f"bo/{NAMES[0]}-1.ipynb", filled=True)
    _notebook(tmp_path, f"bo/{NAMES[0]}-2.ipynb", filled=True)
    ada, bo = find_submissions(tmp_path, NAMES)
    assert ada.path.stem == NAMES[0] and ada.problem is None
    assert "keep one" in bo.problem


def test_a_notebook_that_lies_too_deep_is_told(tmp_path):
    _put(tmp_path, "ada/a/b/c/02_feature_extraction.ipynb")
    with pytest.raises(NoSubmissions, match="too deep, as ada/a/b/c/02_feature_extraction.ipynb"):
        find_submissions(tmp_path, NAMES)
    _put(tmp_path, "bo/02_feature_extraction.ipynb", "cy/notes.txt")
    deep, nothing = passed_over(tmp_path, tmp_path / "graded")
    assert deep.startswith("ada: not graded, because it lies too deep: ada/a/b/c/02") and "move it" in deep
    assert nothing.startswith("cy: no notebook")
