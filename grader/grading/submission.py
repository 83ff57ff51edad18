"""Grading one submission: its answers in the sandbox, the hidden tests here."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from grader.exercise.model import Exercise, Question
from grader.grading.notebook_answers import LOST, NotebookAnswers
from grader.judging import trace
from grader.judging.answer_key import AnswerKey
from grader.judging.carried_over import better_of, its_own_failure, named_in, parts_in_question
from grader.judging.diagnosis import diagnose
from grader.judging.trace import Trace, alike
from grader.judging.verdict import stopped, verdict
from grader.results import QuestionResult, SubmissionResult
from grader.results.record import ANSWER
from grader.results.status import Status
from grader.sandbox import Sessions, Tier
from grader.student.answers import Fault, LearnerError
from grader.submissions import Answered

ATTEMPTS = 3
"""How often a submission is tried when the infrastructure fails under it."""


def package_version() -> str:
    """The version that results carry: other hidden tests may give other points."""
    return version("tl-exercises")


def grade(
    sandbox: Sessions,
    exercise: Exercise,
    key: AnswerKey,
    answered: Answered,
    learner: str,
    digest: str,
    time_limit: float,
) -> SubmissionResult:
    """The result of one readable notebook. Infrastructure faults are retried, and then reported as not graded."""
    started = time.monotonic()
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            with NotebookAnswers(sandbox, answered.cells, time_limit, answered.files) as notebook:
                remarks = list(answered.remarks)
                questions: list[QuestionResult] = []
                earlier = Earlier()
                for question in exercise.questions:
                    questions.append(_question(question, key, answered, notebook, remarks, earlier))
                    questions[-1].answer = _source_of(question.id, answered)
                    earlier.names += question.defines
                    if questions[-1].status is Status.PASSED:
                        earlier.sound.update(question.defines)
            break
        except Fault as fault:
            reason = str(fault)
        except Exception as error:  # a mistake of ours that this submission brings out: the others are graded
            reason = f"{type(error).__name__} in {_place(error)}: {str(error)[:200]}"
    else:
        return not_graded(exercise, key, learner, digest, sandbox.tier, f"the grader failed: {reason}. Run it again")
    return SubmissionResult(
        package=package_version(),
        isolation=sandbox.tier,
        learner=learner,
        exercise=exercise.name,
        status="graded",
        reason=None,
        points=round(sum(q.points for q in questions), 4),
        max_points=round(sum(q.max_points for q in questions), 4),
        seed=key.exercise_seed,
        digest=digest,
        judged_by=key.judged_by,
        seconds=round(time.monotonic() - started, 4),
        cpu_seconds=round(notebook.cpu_seconds, 4),
        answer_seconds=round(notebook.waited, 4),
        graded_at=_now(),
        remarks=remarks,
        questions=questions,
    )


def not_graded(
    exercise: Exercise | None, key: AnswerKey | None, learner: str, digest: str, tier: Tier, reason: str, name: str = ""
) -> SubmissionResult:
    """A submission that nothing could be said about, and why."""
    return SubmissionResult(
        package=package_version(),
        isolation=tier,
        learner=learner,
        exercise=exercise.name if exercise else name,
        status="not_graded",
        reason=reason,
        points=0.0,
        max_points=round(sum(q.points for q in exercise.questions), 4) if exercise else 0.0,
        seed=key.exercise_seed if key else "",
        digest=digest,
        judged_by=key.judged_by if key else "",
        graded_at=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _source_of(question: str, answered: Answered) -> str:
    """The start of the cell that answers a question, as the learner wrote it; empty where there is none or a blank."""
    if question in answered.blank:
        return ""
    source = next((str(cell["source"]) for cell in answered.cells if cell["question"] == question), "")
    return source if len(source) <= ANSWER else source[: ANSWER - 2] + "\n…"


def _place(error: Exception) -> str:
    """Where in this project an exception came from, for whoever has to mend it."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


def _question(
    question: Question,
    key: AnswerKey,
    answered: Answered,
    notebook: NotebookAnswers,
    remarks: list[str],
    earlier: Earlier,
) -> QuestionResult:
    """Judge one question."""
    if question.id not in answered.answered:
        missing = LearnerError("MissingAnswer", " or ".join(question.defines) + " is not defined")
        return stopped(question, missing)
    if question.id in answered.blank:  # `tl verify` proves that it scores nothing
        return stopped(question, LearnerError("Blank"))
    source = next((str(cell["source"]) for cell in answered.cells if cell["question"] == question.id), "")
    parts = Parts(named_in(source, earlier.names), earlier.sound)
    found = _attempt(question, key, notebook, parts)
    if found.verdict.status is not Status.PASSED and notebook.differs_in_jupyter(question.id):
        again = _attempt(question, key, notebook, parts, as_jupyter=True)
        if again.tells_more_than(found):
            again.remarks.insert(0, _as_jupyter(question.id, answered, notebook))
            found = again
    remarks += found.remarks
    return found.verdict


@dataclass
class Earlier:
    """What the answers above a question define, and the names of those with full marks."""

    names: list[str] = field(default_factory=list)
    sound: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Parts:
    """Names of earlier answers that this one mentions, and names of those with full marks."""

    named: list[str]
    sound: set[str]


@dataclass
class Attempt:
    """One way of running an answer, and what came of it."""

    verdict: QuestionResult
    traces: list[Trace]
    remarks: list[str]
    undisturbed: bool = True
    """Every cell that ran came to its end."""

    def tells_more_than(self, first: Attempt) -> bool:
        """Whether this one, run as in Jupyter, counts: it has more points, or as many and is nearer to the truth."""
        ours, theirs = self.verdict, first.verdict
        if ours.points != theirs.points or ours.status is Status.ERROR:
            return ours.points > theirs.points
        if theirs.status is Status.ERROR:
            return True
        changed = len(self.traces) != len(first.traces) or not all(map(alike, self.traces, first.traces))
        return self.undisturbed and changed


def _attempt(
    question: Question, key: AnswerKey, notebook: NotebookAnswers, parts: Parts, as_jupyter: bool = False
) -> Attempt:
    traces: list[Trace] = []
    remarks: list[str] = []
    lost: LearnerError | None = None
    try:
        traces = _traces(question.id, key, notebook, as_jupyter)
        if notebook.failed:
            remarks.append(
                f"the cell of '{question.id}' ended with {notebook.failed}; what it defines was judged all the same"
            )
    except LearnerError as error:
        lost = error
    if lost is None or lost.kind in LOST:
        # A process that an earlier answer took down is that answer's loss alone.
        traces = _with_stand_ins(question.id, key, notebook, traces, remarks, parts, as_jupyter)
    if lost is not None and not traces:
        found = stopped(question, lost)
    else:
        found = verdict(key, question, traces)
    return Attempt(found, traces, remarks, undisturbed=not (as_jupyter and notebook.failed_above))


def _as_jupyter(question: str, answered: Answered, notebook: NotebookAnswers) -> str:
    """The remark on an answer that was judged so."""
    ended = [
        f"cell {answered.places[index] + 1} ended with {how}"
        for index, how in sorted(notebook.failed_above.items())[:3]
        if index < len(answered.places)
    ]
    return "; ".join(
        [f"'{question}' was judged as Jupyter runs a notebook: after all cells above it, whole and in order", *ended]
    )


def _traces(question: str, key: AnswerKey, notebook: NotebookAnswers, as_jupyter: bool) -> list[Trace]:
    """One trace a hidden test. A process that was killed from who knows where gets a second chance."""
    for attempt in (1, 2):
        try:
            return _ask(question, key, notebook, as_jupyter=as_jupyter)
        except LearnerError as error:
            if error.kind == "Killed":
                if attempt == 1:
                    continue
                raise LearnerError("Died", error.message) from None
            raise
    raise AssertionError("unreachable")


def _ask(
    question: str,
    key: AnswerKey,
    notebook: NotebookAnswers,
    stand_ins: tuple[str, ...] = (),
    as_jupyter: bool = False,
) -> list[Trace]:
    tests, expected = key.tests[question], key.reference(question)
    try:
        answers = notebook.begin(question, stand_ins, as_jupyter)
    except LearnerError as error:
        raise notebook.explain(error) from None
    traces = []
    for test, reference in zip(tests, expected, strict=True):
        seen = trace.run(test, answers, key.seed(test), reference)
        if seen.error is not None and seen.error.kind in LOST:
            # The process is gone, and the question with it.
            raise notebook.explain(seen.error)
        traces.append(seen)
    return traces


def _with_stand_ins(
    question: str,
    key: AnswerKey,
    notebook: NotebookAnswers,
    traces: list[Trace],
    remarks: list[str],
    parts: Parts,
    as_jupyter: bool,
) -> list[Trace]:
    """Where an answer fails that builds on an earlier one, ask again with a sound part in the earlier one's place."""
    names = parts_in_question(key.tests[question], traces, parts.named)
    if not names or its_own_failure(names, parts.sound, bool(traces and diagnose(key, question, traces))):
        return traces
    try:
        again = _ask(question, key, notebook, names, as_jupyter)
    except LearnerError:
        return traces
    better = better_of(traces, again, suspected=not set(names) <= parts.sound)
    if better is None:
        return traces
    remarks.append(f"'{question}' was judged with a sound {' and '.join(names)} in place of the notebook's own")
    return better
