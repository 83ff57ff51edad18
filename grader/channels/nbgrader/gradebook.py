"""Results of `tl grade` into nbgrader's gradebook, by its own api, without its commands."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.results import SubmissionResult


class GradebookRefused(Exception):
    """The gradebook cannot take these results; the message says why and what to do."""


@dataclass
class Written:
    """How many submissions were written, and a sentence for each that was not."""

    submissions: int = 0
    left_out: list[str] = field(default_factory=list)


def write_gradebook(records: Iterable[SubmissionResult], gradebook: str | Path, course_id: str = "") -> Written:
    """Write the points of `records` into `gradebook`, a path or an SQLAlchemy URL.

    The scores become autograder's scores; what a person scored by hand stays, marked for another look, as after
    `nbgrader autograde`. Assignment and notebook carry the exercise's name, students the learners'. What was not graded
    is left out, never written as zero. Raises GradebookRefused before anything is written: no such file, an old
    gradebook, another course, or assignments of another version; or while it writes, where another holds the gradebook.
    """
    path = sqlite_path(gradebook)
    if path is not None:
        check_gradebook(path)
    from nbgrader.api import Gradebook, InvalidEntry
    from sqlalchemy.exc import OperationalError, SAWarning

    # nbgrader builds its rows in an order that SQLAlchemy 2 remarks on; they arrive all the same.
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    records = list(records)
    written = Written()
    url = str(gradebook) if "://" in str(gradebook) else f"sqlite:///{path}"
    try:
        with Gradebook(url, course_id or _course_of(path)) as book:
            _write_all(book, records, written)
    except (OperationalError, sqlite3.OperationalError, InvalidEntry) as error:  # the last is how nbgrader passes it on
        raise _not_now(gradebook, str(getattr(error, "orig", error)).partition("\n")[0]) from None
    return written


def _write_all(book: Any, records: list[SubmissionResult], written: Written) -> None:
    graded = [record for record in records if record.status == "graded"]
    for exercise in sorted({record.exercise for record in graded}):
        _fits(book, next(record for record in graded if record.exercise == exercise))
    for record in records:
        if record.status != "graded":
            written.left_out.append(f"{record.learner}, {record.exercise}: {record.reason}")
            continue
        _write(book, record)
        written.submissions += 1


def check_gradebook(path: Path) -> None:
    """Raises GradebookRefused where `path` is no gradebook of this nbgrader."""
    if not path.is_file():
        raise GradebookRefused(
            f"there is no gradebook at {path}: give a course's gradebook.db, which nbgrader generate_assignment makes"
        )
    try:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as database:
            found = database.execute("select version_num from alembic_version").fetchone()
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise _not_now(path, error) from None
        raise GradebookRefused(f"{path} is not a gradebook of nbgrader, or a very old one ({error})") from None
    if found is None or found[0] != _newest():
        raise GradebookRefused(
            f"{path} was made by another version of nbgrader: make a copy of it, then run `nbgrader db upgrade` in the "
            "course folder"
        )


def _not_now(gradebook: object, error: object) -> GradebookRefused:
    return GradebookRefused(
        f"{gradebook} cannot be read or written now ({error}): wait until the formgrader or command that is at work in "
        "it has ended, or mend its permissions, and run the same again; what is graded is kept"
    )


@cache
def _newest() -> str:
    """The revision of the gradebooks that the installed nbgrader makes."""
    import nbgrader.dbutil
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", nbgrader.dbutil.ALEMBIC_DIR.replace("%", "%%"))
    return str(ScriptDirectory.from_config(config).get_current_head())


def sqlite_path(gradebook: str | Path) -> Path | None:
    """The file of a gradebook; None for a database server's URL."""
    text = str(gradebook)
    if "://" not in text:
        return Path(text)
    return Path(text.removeprefix("sqlite:///")) if text.startswith("sqlite:///") else None


def _course_of(path: Path | None) -> str:
    """The id of the one course in the gradebook: nbgrader would add a second one for any other."""
    if path is None:
        return "default_course"
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as database:
        ids = [row[0] for row in database.execute("select id from course")]
    return str(ids[0]) if len(ids) == 1 else "default_course"


def _fits(book: Any, record: SubmissionResult) -> None:
    from nbgrader.api import MissingEntry

    name = record.exercise
    try:
        cells = {cell.name: cell.max_score for cell in book.find_notebook(name, name).grade_cells}
    except MissingEntry:
        raise GradebookRefused(
            f"the gradebook has no assignment {name} with a notebook {name}: run nbgrader generate_assignment {name} "
            "in the course folder first, and see that it is the gradebook of this course"
        ) from None
    for question in record.questions:
        cell = f"{question.id}_test"
        if cell not in cells or abs(cells[cell] - question.max_points) > 1e-6:
            has = f"{cells[cell]:g} points for it" if cell in cells else "no such cell"
            raise GradebookRefused(
                f"{name}: the results have {question.max_points:g} points for {cell}, the gradebook has {has}. It "
                "belongs to another version of the exercise: release and generate it again"
            )


def _write(book: Any, record: SubmissionResult) -> None:
    name, learner = record.exercise, record.learner
    book.update_or_create_student(learner)
    book.update_or_create_submission(name, learner)
    for question in record.questions:
        grade = book.find_grade(f"{question.id}_test", name, name, learner)
        grade.auto_score = min(question.points, question.max_points)
        grade.needs_manual_grade = grade.manual_score is not None
    ours = {f"{question.id}_test" for question in record.questions}
    for grade in book.find_submission_notebook(name, name, learner).grades:
        if grade.name not in ours and grade.manual_score is None:
            grade.needs_manual_grade = True
    book.db.commit()
