"""What `tl release` refuses: each with a clear line, and with nothing changed."""

import os
import sqlite3
import sys
from pathlib import Path

import pytest
from channel_cases import EXERCISE
from nbgrader.api import Gradebook

from grader.channels.nbgrader.course import write_course
from grader.channels.nbgrader.gradebook import GradebookRefused, check_gradebook, write_gradebook
from grader.channels.otter import assignment, entrance
from grader.channels.releasing import ReleaseRefused, chosen, new_folder
from grader.exercise.catalogue import load_exercise
from grader.results import QuestionResult, SubmissionResult


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_course_can_be_released_again_and_keeps_what_is_edited(tmp_path: Path):
    first = write_course(tmp_path / "course", [EXERCISE], "tl")
    assert first.added == [EXERCISE]
    source = tmp_path / "course" / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    source.write_text("edited", encoding="utf-8")
    config = tmp_path / "course" / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = _contents(tmp_path)
    second = write_course(tmp_path / "course", [EXERCISE], "tl")
    assert (second.added, second.kept) == ([], [EXERCISE])
    assert any("differs from this version" in note for note in second.notes)
    assert _contents(tmp_path) == before


def test_a_new_exercise_is_added_to_a_course(tmp_path: Path):
    write_course(tmp_path / "course", [EXERCISE], "tl")
    course = write_course(tmp_path / "course", [EXERCISE, "04_lora_from_scratch"], "tl")
    assert (course.added, course.kept) == (["04_lora_from_scratch"], [EXERCISE])


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("c = get_config()\nc.CourseDirectory.course_id = 'biology'\n", "another nbgrader course ('biology')"),
        ("c = get_config()\n", "another nbgrader course (without an id)"),
        (None, "is not empty and is no nbgrader course"),
    ],
)
def test_a_folder_with_something_else_is_left_alone(tmp_path: Path, config: str | None, message: str):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    if config is not None:
        (tmp_path / "nbgrader_config.py").write_text(config, encoding="utf-8")
    before = _contents(tmp_path)
    with pytest.raises(ReleaseRefused) as caught:
        write_course(tmp_path, [EXERCISE], "tl")
    assert message in str(caught.value) and "new folder" in str(caught.value)
    assert _contents(tmp_path) == before


def test_a_course_of_another_id_is_left_alone(tmp_path: Path):
    write_course(tmp_path, [EXERCISE], "tl-2025")
    before = _contents(tmp_path)
    with pytest.raises(ReleaseRefused, match="'tl-2025', not 'tl-2026': give --course"):
        write_course(tmp_path, [EXERCISE], "tl-2026")
    assert _contents(tmp_path) == before


def test_a_missing_exchange_is_said_before_anything_is_written(tmp_path: Path):
    with pytest.raises(ReleaseRefused, match="Make it first: mkdir -p"):
        write_course(tmp_path / "course", [EXERCISE], "tl", tmp_path / "nowhere")
    assert not (tmp_path / "course").exists()


def test_an_id_that_nbgrader_would_not_take(tmp_path: Path):
    with pytest.raises(ReleaseRefused, match="no course id"):
        write_course(tmp_path / "course", [EXERCISE], "my course/2026")


def test_unknown_exercises_and_full_folders(tmp_path: Path):
    with pytest.raises(ReleaseRefused, match=r"unknown exercise '99_x'; known: 00_"):
        chosen(["99_x"])
    (tmp_path / "mine").touch()
    with pytest.raises(ReleaseRefused, match="not empty"):
        new_folder(tmp_path)


@pytest.mark.parametrize(("found", "fine"), [("5.7.1", False), ("6.1.0", True), ("7.0.0", True), ("8.0.0", False)])
def test_another_otter(monkeypatch: pytest.MonkeyPatch, found: str, fine: bool):
    monkeypatch.setattr(entrance, "version", lambda name: found)
    if fine:
        assignment.check_otter()
    else:
        with pytest.raises(ReleaseRefused, match=f"{found} is installed. pip install"):
            assignment.check_otter()


def _database(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    return path


def test_gradebooks_that_cannot_be_used(tmp_path: Path):
    with pytest.raises(GradebookRefused, match="there is no gradebook at"):
        check_gradebook(tmp_path / "gradebook.db")
    assert not (tmp_path / "gradebook.db").exists()  # nbgrader would make an empty one
    text = tmp_path / "text.db"
    text.write_text("not a database, but a text of some length", encoding="utf-8")
    with pytest.raises(GradebookRefused, match="is not a gradebook of nbgrader"):
        check_gradebook(text)
    with pytest.raises(GradebookRefused, match="is not a gradebook of nbgrader"):
        check_gradebook(_database(tmp_path / "other.db", "create table cats (name text)"))
    old = _database(
        tmp_path / "old.db", "create table alembic_version (version_num text)", "insert into alembic_version values (1)"
    )
    with pytest.raises(GradebookRefused, match="nbgrader db upgrade"):
        check_gradebook(old)
    with pytest.raises(GradebookRefused, match="nbgrader db upgrade"):
        write_gradebook([], old)


@pytest.mark.slow
@pytest.mark.parametrize("held", ["exclusive", "immediate"])
def test_a_gradebook_that_another_program_holds(tmp_path: Path, held: str, monkeypatch: pytest.MonkeyPatch):
    """At an exclusive lock nothing can be read; beside somebody who writes only the writing fails."""
    # nbgrader makes a gradebook with a program of the environment, which need not be an active one.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    path, question = tmp_path / "gradebook.db", load_exercise(EXERCISE).questions[0]
    with Gradebook(f"sqlite:///{path}") as book:
        book.add_assignment(EXERCISE)
        book.add_notebook(EXERCISE, EXERCISE)
        book.add_grade_cell(f"{question.id}_test", EXERCISE, EXERCISE, max_score=question.points, cell_type="code")
    common = (question.id, question.title, question.minutes, [], question.points, question.points, "passed")
    result = SubmissionResult(
        "0", "none", "ada", EXERCISE, "graded", None, 2.0, 2.0, "", "", questions=[QuestionResult(*common)]
    )
    other = sqlite3.connect(path, isolation_level=None)
    other.execute(f"begin {held}")
    with pytest.raises(GradebookRefused, match="database is locked.*wait until the formgrader"):
        write_gradebook([result], path)
    other.close()
    assert write_gradebook([result], path).submissions == 1


def test_an_old_gradebook_in_the_course(tmp_path: Path):
    write_course(tmp_path, [EXERCISE], "tl")
    _database(tmp_path / "gradebook.db", "create table alembic_version (version_num text)")
    before = _contents(tmp_path)
    with pytest.raises(GradebookRefused, match="nbgrader db upgrade"):
        write_course(tmp_path, [EXERCISE], "tl")
    assert _contents(tmp_path) == before
