"""The step of `nbgrader autograde` that grades: our sandbox in place of nbgrader's Execute."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from glob import glob
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum, Float, Unicode

from grader.channels.messages import as_html, as_text, picture
from grader.channels.nbgrader.exporter import MARK, SubmissionExporter, leave_open
from grader.channels.one_by_one import NotGraded, WarmGrader
from grader.judging.judged_by import files_of, judged_by
from grader.judging.time_limit import TIME_LIMIT
from grader.results import QuestionResult, RecordStore, SubmissionResult

RESULTS = "tl_results"
"""The folder of a course with the records of its submissions, for `tl report`."""

_started = datetime.now(UTC)
"""Of this run, for what it replaces."""
_graders: dict[tuple[str, str, float], WarmGrader] = {}
"""Kept by the process: one warm sandbox grades every submission of a run."""


class GradeInSandbox(NbGraderPreprocessor):
    """Grades the submitted notebook and writes points and message below the cell `<id>_test` of each question.

    The points are the output's plain text, which nbgrader's SaveAutoGrades reads as partial credit; the message is its
    HTML, which formgrader and feedback show. Nothing that a learner's code printed is there, so nothing on stderr can
    cost a point. Raises NotGraded, which nbgrader logs: such a submission is graded on the next run.
    """

    isolation = Enum(
        ["full", "reduced", "none", "best"], "full", help="How learners' code must be isolated; see `tl doctor`."
    ).tag(config=True)
    time_limit = Float(TIME_LIMIT, help="Seconds that one question may take.").tag(config=True)
    key_folder = Unicode(
        "", help="The folder with course.key, from which hidden inputs are drawn; $TL_COURSE_KEY goes first."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade the submission that `resources` names; its notebook is `nb`."""
        assert isinstance(self.parent, SubmissionExporter)
        names = resources["nbgrader"]
        try:
            own_inputs = self._feedback_given(names["assignment"])
            result = self._grader().grade(self.parent.submission(resources), names["student"], own_inputs)
        except NotGraded:
            leave_open(resources)
            raise
        self._keep(result)
        by_cell = {f"{question.id}_test": question for question in result.questions}
        for cell in nb.cells:
            question = by_cell.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if question is not None and cell.cell_type == "code":
                cell.outputs, cell.execution_count = outputs(question), 1
        return nb, resources

    def _grader(self) -> WarmGrader:
        from grader.grading.course_key import course_key

        secret = course_key(None, self._folder())
        wanted = (self.isolation, secret, self.time_limit)
        if wanted not in _graders:
            _graders[wanted] = WarmGrader(*wanted)
        return _graders[wanted]

    def _feedback_given(self, assignment: str) -> bool:
        """Whether anybody may have seen feedback on this assignment."""
        course = self.parent.parent.coursedir
        return any(Path(path).is_dir() for path in glob(course.format_path(course.feedback_directory, "*", assignment)))

    def _folder(self) -> Path:
        return Path(self.key_folder or self.parent.parent.coursedir.root)

    def _keep(self, result: SubmissionResult) -> None:
        """Keep the record too: `tl report` makes pages of the class from these."""
        store = RecordStore(self._folder() / RESULTS, _started)
        with store.lock():
            store.remember_judges([(judged_by(result.exercise), result.exercise, files_of(result.exercise))])
            store.write(result)


class MarkFinished(NbGraderPreprocessor):
    """The last step: the notebook is marked as finished once its scores are in the gradebook."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Mark `nb`, if the gradebook holds a score for each of its autograded cells."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            scored = {grade.name for grade in notebook.grades if grade.auto_score is not None}
        tests = {c.metadata.nbgrader.grade_id for c in nb.cells if c.cell_type == "code" and _is_test(c)}
        if not tests <= scored:
            raise NotGraded(f"no score was saved for {', '.join(sorted(tests - scored))}: run autograde again")
        nb.metadata[MARK] = {"graded": sorted(tests)}
        return nb, resources


def outputs(question: QuestionResult) -> list[NotebookNode]:
    """What stands below the test cell: points and message, and a picture where there is one."""
    data = {"text/plain": repr(round(min(question.points, question.max_points), 6)), "text/html": as_html(question)}
    shown = [new_output("execute_result", data=data, execution_count=1)]
    drawn = picture(question)
    if drawn is not None:
        image = {"image/png": base64.b64encode(drawn).decode("ascii"), "text/plain": as_text(question)}
        shown.append(new_output("display_data", data=image))
    return shown


def _is_test(cell: NotebookNode) -> bool:
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("grade")) and not nbgrader.get("solution")
