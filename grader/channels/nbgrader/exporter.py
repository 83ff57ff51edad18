"""How `nbgrader autograde` reads a submission: through our reader, which knows broken and hostile files."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import base
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import rmtree

from grader.channels.nbgrader.handed_in import is_link, plain_files, time_of
from grader.channels.one_by_one import NotGraded, Submitted, read_submission
from grader.channels.rebuilding import ReleasedCell, rebuild
from grader.locks import Held, Lock
from grader.submissions.naming import apart, some, text_of

MARK = "tl_exercises"
"""Notebook metadata that only a completely graded notebook has."""
LOCK = ".autograde.lock"
"""In the course's folder, held by a run; no stale one has to be removed by hand (see grader.locks)."""


class SubmissionExporter(NotebookExporter):
    """In place of nbconvert's own (`c.Autograde.exporter_class`), for five things.

    A submission is read and rebuilt by us before nbgrader's first step; one that cannot be read raises NotGraded, and
    its grades stay open. What a killed run left half graded in `autograded/` is removed, so that it is graded again.
    Of the files beside a notebook, plain ones are copied, and no link is followed.
    Of two runs in one course at a time, the second says so and stops: each would remove what the other is writing.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(self.parent, Autograde):
            # nbgrader has hooks round a submission, none round a run.
            self.parent.convert_notebooks = partial(self._alone, self.parent.convert_notebooks)

    def _alone(self, convert_notebooks: Callable[[], None]) -> None:
        assert self.parent is not None
        directory = self.parent.coursedir
        course = Path(directory.root).resolve()
        broken = self._not_to_be_read()
        for folder, why in broken.items():
            self.parent.assignments.pop(folder, None)
            self.log.error("%r %s", folder, why)
        # What nbgrader itself takes from a learner's folder, it takes by these two.
        directory.get_existing_timestamp = lambda folder: time_of(folder, self.log.warning)
        try:
            with (
                Lock(course / LOCK, say=self.log.warning),
                _copying_plain_files(directory.max_dir_size, self.log.warning),
            ):
                for submitted in map(Path, sorted(self.parent.assignments)):
                    self._remove_unfinished(submitted)
                    self._say_if_missing(submitted)
                    self._without_others(submitted)
                convert_notebooks()
            if broken:
                raise NbGraderException(f"left out: {len(broken)}; see above")
        except Held:
            message = f"another nbgrader autograde is at work in {course}: wait until it ends, then run this one again"
            self.log.error(message)
            raise NbGraderException(message) from None

    def _not_to_be_read(self) -> dict[str, str]:
        """Why submissions are left out: at these, nbgrader would end the whole run, or read what is somebody else's."""
        assert self.parent is not None
        directory = self.parent.coursedir
        # nbgrader has dropped some of them without a word: it looks for notebooks by patterns, and names can be such.
        there = glob.glob(self.parent._format_source(directory.assignment_id, directory.student_id))
        folders = sorted({*there, *self.parent.assignments})
        broken = {folder: why for folder in folders if (why := _not_to_be_read(folder))}
        return broken | _alike([folder for folder in folders if folder not in broken])

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """A submitted notebook as it is safe to go on with; any other file as nbconvert reads it."""
        if resources is None or not isinstance(self.parent, Autograde) or not self.parent._sanitizing:
            return super().from_filename(filename, resources, **kw)
        resources["metadata"] = {"name": Path(filename).stem, "path": str(Path(filename).parent)}
        try:
            submitted = self.submission(resources)
        except NotGraded as reason:
            leave_open(resources)
            raise NotGraded(f"{filename}: {reason}") from None
        for remark in submitted.answered.remarks:
            self.log.warning("%s: %s", filename, remark)
        return self.from_notebook_node(rebuild(submitted, _released(resources)), resources, **kw)

    def submission(self, resources: dict[str, Any]) -> Submitted:
        """The submitted file that nbgrader is working on. Raises NotGraded."""
        names = resources["nbgrader"]
        return read_submission(self.folder(names) / f"{names['notebook']}.ipynb", names["notebook"])

    def folder(self, names: dict[str, str]) -> Path:
        """The learner's folder below `submitted/`."""
        assert self.parent is not None
        directory = self.parent.coursedir
        return Path(
            directory.format_path(directory.submitted_directory, names["student"], names["assignment"])
        ).resolve()

    def _remove_unfinished(self, submitted: Path) -> None:
        assert self.parent is not None
        directory = self.parent.coursedir
        root = Path(directory.format_path(directory.submitted_directory, "", "")).resolve()
        graded = Path(directory.format_path(directory.autograded_directory, "", "")).resolve()
        folder = graded / submitted.resolve().relative_to(root)
        finished = [is_finished(path) for path in folder.glob("*.ipynb")]
        if folder.is_dir() and not folder.is_symlink() and not (finished and all(finished)):
            self.log.warning("%s was left unfinished by an earlier run: grading it again", folder)
            rmtree(str(folder))

    def _say_if_missing(self, submitted: Path) -> None:
        """nbgrader takes a notebook by its name alone, and says of others only that it found none."""
        wanted = f"{submitted.name}.ipynb"
        if not (submitted / wanted).exists():
            there = some(sorted(text_of(path.name) for path in submitted.glob("*.ipynb")))
            self.log.error("%s: there is no %s (but %s): rename one, then run this again", submitted, wanted, there)

    def _without_others(self, submitted: Path) -> None:
        """Leave out notebooks that are none of the assignment's, in one line: nbgrader has one for each."""
        assert self.parent is not None
        found = self.parent.assignments[str(submitted)]
        with Gradebook(self.parent.coursedir.db_url, self.parent.coursedir.course_id) as gradebook:
            try:
                names = {notebook.name for notebook in gradebook.find_assignment(submitted.name).notebooks}
            except MissingEntry:
                return
        ours = [path for path in found if Path(path).stem in names]
        if ours and (others := sorted(text_of(Path(path).name) for path in found if path not in ours)):
            self.log.warning("%s: not looked at, no notebook of this assignment: %s", submitted, some(others))
            self.parent.assignments[str(submitted)] = ours


@contextmanager
def _copying_plain_files(most_kilobytes: int, say: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, nbgrader copies plain files only. It has no hook for that, and asks one function for their names.

    That function also takes a minute for some thousands of files.
    """
    before = base.find_all_files
    base.find_all_files = lambda folder, ignore=(): plain_files(folder, ignore, most_kilobytes, say, to_look_at=True)
    try:
        yield
    finally:
        base.find_all_files = before


def _not_to_be_read(folder: str) -> str | None:
    """Why a submission is left out by the name of its folder, or because it is somewhere else."""
    if "\n" in folder:
        return "has a line break in its name, which nbgrader cannot take: rename it"
    if text_of(folder) != folder:
        return "has a name that is no UTF-8, which nbgrader cannot take: rename it"
    if glob.has_magic(Path(folder).parent.name):
        return "has *, ? or [ in its name, which nbgrader takes for a pattern of names: rename it"
    return "is a symbolic link, which is not followed" if is_link(folder) else None


def _alike(folders: list[str]) -> dict[str, str]:
    """Why those of these submissions are left out whose learner's name looks like another's in a table."""
    names = apart(Path(folder).parent.name for folder in folders)
    why = "has a name that looks like another learner's ({}): rename it"
    return {folder: why.format(names[name]) for folder in folders if names[name := Path(folder).parent.name] != name}


def is_finished(path: Path) -> bool:
    """Whether this notebook of `autograded/` has been graded and its scores have been saved."""
    try:
        return MARK in nbformat.read(path, as_version=4).metadata
    except Exception:  # half a file, in whichever way
        return False


def _released(resources: dict[str, Any]) -> list[ReleasedCell]:
    """The cells that `nbgrader generate_assignment` put into the gradebook."""
    names = resources["nbgrader"]
    with Gradebook(names["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(names["notebook"], names["assignment"])
        points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
        kinds = {
            kind: {cell.name for cell in getattr(notebook, f"{kind}_cells")} for kind in ("grade", "solution", "task")
        }
        return [
            ReleasedCell(
                cell.name,
                cell.cell_type == "markdown",
                cell.source,
                {
                    "grade_id": cell.name,
                    "locked": cell.locked,
                    "schema_version": 3,
                    **{kind: cell.name in ids for kind, ids in kinds.items()},
                    **({"points": points[cell.name]} if cell.name in points else {}),
                },
            )
            for cell in notebook.source_cells
        ]


def leave_open(resources: dict[str, Any]) -> None:
    """Mark the grades of a submission that cannot be graded as waiting for a person."""
    names = resources["nbgrader"]
    with Gradebook(names["db_url"]) as gradebook:
        found = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
        for grade in found.grades:
            grade.auto_score = None
            grade.needs_manual_grade = grade.manual_score is None
        gradebook.db.commit()
