"""`tl release --to nbgrader`: a course folder in which nbgrader's own commands work."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from grader.channels.releasing import ReleaseRefused
from grader.exercise.blanks import STUB
from grader.exercise.catalogue import load_exercise
from grader.files import write_atomic

CONFIG = "nbgrader_config.py"
MARK = "# A course of tl-exercises."

_CONFIG = """\
{mark} Written by `tl release --to nbgrader`; yours to extend at the end.
from pathlib import Path

c = get_config()
here = Path(__file__).resolve().parent
c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = {course_id!r}
{exchange}
# The blanks read as in the notebooks that `tl build` makes.
c.ClearSolutions.code_stub = {{"python": {stub!r}}}

# `nbgrader autograde` reads submissions with our reader and grades them in our sandbox, which stays warm over a run.
# A cell that a learner deleted comes back; what a killed run left unfinished is graded again.
c.Autograde.exporter_class = "grader.channels.nbgrader.exporter.SubmissionExporter"
c.Autograde.autograde_preprocessors = [
    "grader.channels.nbgrader.preprocessor.GradeInSandbox",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
    "grader.channels.nbgrader.preprocessor.MarkFinished",
]
# full, reduced, none, or best (the strongest that this machine has): see `tl doctor`.
c.GradeInSandbox.isolation = "full"
c.GradeInSandbox.key_folder = str(here)

# What learners link to in the exchange is not copied with the instructor's rights.
c.ExchangeFactory.collect = "grader.channels.nbgrader.collect.CollectPlainFiles"

# A submission that could not be graded has no score in `nbgrader export`, rather than a zero.
c.ExportApp.plugin_class = "grader.channels.nbgrader.export.CsvWithGaps"
"""


@dataclass
class Course:
    """What was written: the folder, its new assignments, and what stayed as it was."""

    folder: Path
    added: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_course(folder: Path, exercises: list[str], course_id: str, exchange: Path | None = None) -> Course:
    """Write `folder` with its configuration and `source/`, or add the assignments that an earlier release lacked.

    Nothing that is there is overwritten. Raises ReleaseRefused for a folder that holds something else, the course of
    another id, an exchange that is not there, or a gradebook that this nbgrader cannot read.
    """
    from grader.authoring.notebook import source_notebook, to_bytes
    from grader.channels.nbgrader.gradebook import check_gradebook

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", course_id):
        raise ReleaseRefused(f"{course_id!r} is no course id: letters, digits, '.', '_' and '-' only, such as tl-2026")
    config = folder / CONFIG
    course = Course(folder)
    _may_write(folder, config, course_id)
    if exchange is not None and not exchange.is_dir():
        raise ReleaseRefused(
            f"the exchange {exchange} is not there: nbgrader and all learners need one folder that everybody may "
            f"write. Make it first: mkdir -p {exchange} && chmod 777 {exchange}"
        )
    if (folder / "gradebook.db").exists():
        check_gradebook(folder / "gradebook.db")
    built = {name: to_bytes(source_notebook(load_exercise(name))) for name in exercises}
    if not config.exists():
        line = f"c.Exchange.root = {str(exchange.resolve())!r}\n" if exchange else ""
        text = _CONFIG.format(mark=MARK, course_id=course_id, exchange=line, stub=STUB)
        write_atomic(config, text.encode())
    if exchange is None and not config_exchange(config).is_dir():
        course.notes.append(
            f"the exchange {config_exchange(config)} is not there: make it (mkdir -p, chmod 777), or set "
            f"c.Exchange.root in {config}. Without one, release, fetch, submit and collect cannot work"
        )
    elif exchange is not None and config_exchange(config) != exchange.resolve():
        course.notes.append(f"{config} stays as it is: set c.Exchange.root there for another exchange")
    for name, content in built.items():
        path = folder / "source" / name / f"{name}.ipynb"
        if not path.exists():
            write_atomic(path, content)
            course.added.append(name)
        else:
            course.kept.append(name)
            if path.read_bytes() != content:
                course.notes.append(
                    f"{path} differs from this version and stays as it is. Move it away and release again to replace "
                    "it; after submissions have come in, nbgrader accepts no other cells"
                )
    return course


def config_exchange(config: Path) -> Path:
    """The exchange that a course is set to: what its configuration says, or else nbgrader's own."""
    found = re.search(r"^c\.Exchange\.root\s*=\s*(['\"])(.*?)\1", config.read_text(encoding="utf-8"), re.M)
    return Path(found[2] if found else "/usr/local/share/nbgrader/exchange")


def _may_write(folder: Path, config: Path, course_id: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise ReleaseRefused(f"{folder} is a file; name a folder for the course")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not config.is_file():
        raise ReleaseRefused(f"{folder} is not empty and is no nbgrader course: name a new folder")
    text = config.read_text(encoding="utf-8", errors="replace")
    found = re.search(r"^\s*c\.CourseDirectory\.course_id\s*=\s*(['\"])(.*?)\1", text, re.M)
    name = f"'{found[2]}'" if found else "without an id"
    if not text.startswith(MARK):
        raise ReleaseRefused(f"{folder} is another nbgrader course ({name}): name a new folder, nothing was changed")
    if found is None or found[2] != course_id:
        raise ReleaseRefused(f"{folder} is the course {name}, not '{course_id}': give --course, or name a new folder")
