"""The otter plugin that grades: no line of a submission runs outside our sandbox.

otter executes a submission in a kernel beside the hidden tests, without a time limit, and reads back what that kernel
pickled. This plugin grades before that, takes everything of the learner's away, and puts its own results in place of
what otter's kernel then finds in an empty notebook.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_notebook
from otter.plugins import AbstractOtterPlugin
from otter.run.run_autograder.utils import print_output
from otter.test_files import GradingResults, TestCase
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.ok_test import OKTestFile

from grader.authoring.notebook import METADATA
from grader.channels.messages import as_text
from grader.channels.one_by_one import NotGraded, WarmGrader, read_submission
from grader.channels.otter.entrance import HANDED_IN, one_notebook, refusal
from grader.judging.time_limit import TIME_LIMIT
from grader.results import QuestionResult, SubmissionResult
from grader.results.status import Status
from grader.text import clean


class GradeInSandbox(AbstractOtterPlugin):
    """Grades the submission through the grader of `tl grade`: same hidden tests, same points, same messages.

    Configuration (in otter_config.json): `exercise`; `key`, the course key; `isolation`, "best" unless given, which
    uses the strongest tier there is but never none, because a learner's code could then read the key: ask for "none"
    by name to grade code that you trust; `time_limit`, seconds for one question.
    """

    result: SubmissionResult | None = None
    refused: str | None = None
    """Why the file that was handed in cannot be graded."""
    _quiet: _QuietKernel | None = None

    def before_grading(self, config: Any) -> None:
        """Grade the submitted file, then leave nothing of it where otter works. Raises NotGraded."""
        asked = self.plugin_config.get("isolation", "best")
        protects, weakest = _protection()
        print_output(protects)
        if asked == "best" and weakest:
            raise NotGraded(
                "nothing here isolates a learner's code, which could read the hidden tests; "
                'to grade code that you trust, set "isolation": "none" in otter_config.json'
            )
        path = Path(self.submission_path)
        try:
            # `otter run` takes the only notebook at the top; which one is meant is decided as on Gradescope.
            exercise = self.plugin_config["exercise"]
            aside = path.parent.parent / HANDED_IN
            submitted = read_submission(one_notebook(aside if aside.is_dir() else path.parent, exercise), exercise)
        except NotGraded as reason:
            self.refused = str(reason)
            print_output(f"not graded: {clean(self.refused)}")
            _clear(path)
            return
        grader = WarmGrader(asked, self.plugin_config["key"], self.plugin_config.get("time_limit", TIME_LIMIT))
        try:
            # A learner sees the results at once and may hand in again, as often as they like.
            self.result = grader.grade(submitted, _learner(self.submission_metadata), own_inputs=True)
        finally:
            grader.close()
            _clear(path)

    def before_execution(self, submission: Any) -> nbformat.NotebookNode:
        """What otter executes: nothing, with a kernel that exists and passes over otter's own cells."""
        self._quiet = _QuietKernel()
        return _empty()

    def after_grading(self, results: GradingResults) -> None:
        """Put our results in place of otter's. Raises NotGraded where there are none."""
        if self._quiet is not None:
            self._quiet.close()
        results._catastrophic_error = None
        if self.refused is not None:
            said = refusal(self.plugin_config["exercise"], self.refused)
            results.results = {test["name"]: Told.refused(test) for test in said["tests"]}
            results.set_output(said["output"])
            return
        if self.result is None:
            raise NotGraded("the submission was not graded")
        results.results = {question.id: Told.question(question) for question in self.result.questions}
        remarks = [f"Note: {remark}" for remark in self.result.remarks]
        results.set_output("\n".join([f"{self.result.points:g} of {self.result.max_points:g} points", *remarks]))

    def generate_report(self) -> str:
        """For the instructor: the isolation that was in force."""
        if self.result is None:
            return f"not graded: {clean(self.refused or '')}"
        return f"graded with isolation: {self.result.isolation}, in {self.result.seconds:.1f} seconds"


class Told(OKTestFile):
    """One line of the results as otter keeps it: one case, our message in place of otter's summary, our points."""

    text: str

    @classmethod
    def question(cls, question: QuestionResult) -> Told:
        """A question of a result."""
        points = (question.points, question.max_points)
        return cls._one(question.id, question.title, points, as_text(question), question.status is Status.PASSED)

    @classmethod
    def refused(cls, test: dict[str, Any]) -> Told:
        """A submission that cannot be graded, as `refusal` tells it."""
        return cls._one(test["name"], test["name"], (test["score"], test["max_score"]), test["output"], False)

    @classmethod
    def _one(cls, id: str, title: str, points: tuple[float, float], text: str, passed: bool) -> Told:
        case = TestCase(title, "", False, points[1], None, None)
        made = cls(id, f"tests/{id}.py", [case], all_or_nothing=False)
        made.text = text
        made.test_case_results = [TestCaseResult(case, text, passed)]
        made.update_score(points[0])
        return made

    def summary(self, public_only: bool = False) -> str:
        """What the learner is told."""
        return self.text


class _QuietKernel:
    """For as long as it is open, kernels start with an IPython that reads every cell as empty.

    otter's own cells would import otter once more, for two seconds, to pickle results that `after_grading` replaces.
    """

    def __init__(self) -> None:
        self._before = os.environ.get("IPYTHONDIR")
        self._folder = tempfile.TemporaryDirectory()
        startup = Path(self._folder.name) / "profile_default" / "startup" / "00_quiet.py"
        startup.parent.mkdir(parents=True)
        startup.write_text("get_ipython().input_transformers_cleanup.append(lambda lines: [])\n", encoding="utf-8")
        os.environ["IPYTHONDIR"] = self._folder.name

    def close(self) -> None:
        """Back to what it was."""
        if self._before is None:
            os.environ.pop("IPYTHONDIR", None)
        else:
            os.environ["IPYTHONDIR"] = self._before
        self._folder.cleanup()


def _protection() -> tuple[str, bool]:
    """What isolates learners' code here, in words for the log; whether that is nothing at all."""
    from grader.sandbox import Tier, probe

    found = probe()
    best = max(found.available, key=lambda tier: tier.strength)
    lines = [f"tl: the strongest isolation here is {best.value}"]
    lines += [f"tl: {tier.value} is not there: {why}" for tier, why in found.missing.items()]
    return "\n".join(lines), best is Tier.NONE


def _clear(submission: Path) -> None:
    """Remove all that was handed in but our tests: modules that shadow others, pickled logs, start-up files."""
    shutil.rmtree(submission.parent.parent / HANDED_IN, ignore_errors=True)
    for path in submission.parent.iterdir():
        if path.name == "tests" and not path.is_symlink():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    nbformat.write(_empty(), submission)


def _empty() -> nbformat.NotebookNode:
    return new_notebook(metadata=json.loads(json.dumps(METADATA)))


def _learner(metadata: Any) -> str:
    """Who handed in, as Gradescope says; the result does not depend on it."""
    users = metadata.get("users") if isinstance(metadata, dict) else None
    names = [str(user["email"]) for user in users or [] if isinstance(user, dict) and user.get("email")]
    return ", ".join(names) or "learner"
