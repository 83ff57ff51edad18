"""Grading one's own notebook with the hidden tests: a warm sandbox, this learner's hidden inputs, the next hint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType

from ..authoring.exercise import ROOT, Exercise, exercise_names, load_exercise
from ..grading.course_key import seed_of_exercise
from ..grading.submission import grade
from ..judging.answer_key import AnswerKey
from ..results import QuestionResult, SubmissionResult
from ..sandbox import Limits, Sandbox
from ..submissions import Answered, read_answers, read_bytes
from .errors import SelfStudyError
from .notebooks import exercise_of
from .progress import NEARLY, ExerciseProgress, Progress, QuestionProgress
from .store import ProgressStore

TIME_LIMIT = 20.0
"""Seconds of wall time for one question, as in a class."""

LEARNER = "you"
"""The learner's name in a result: nobody else's work is graded here."""


@dataclass
class Hint:
    """A hint to show: the `number`-th `of` so many, as Markdown."""

    number: int
    of: int
    text: str


@dataclass
class Checked:
    """One notebook, graded. `begun` are the questions that are no longer blank."""

    notebook: Path
    exercise: Exercise
    result: SubmissionResult
    begun: set[str]
    code: str
    """A digest of all that was run; equal digests give equal results."""
    hints: dict[str, Hint] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)
    """The best points so far, this check included, by question."""

    @property
    def full_marks(self) -> bool:
        """True where nothing is left to do."""
        return self.result.status == "graded" and all(map(solved, self.result.questions))


def solved(question: QuestionResult) -> bool:
    """True for full marks."""
    return question.status != "not_graded" and question.points >= question.max_points - NEARLY


class Checker:
    """Grades notebooks one after the other in one warm sandbox. A context manager.

    Raises SandboxUnavailable at the start where `isolation` cannot be had, ProgressUnavailable where the progress file
    must not be touched. Works wherever Python does: where nothing can isolate, `isolation="best"` is tier none.
    """

    def __init__(
        self, store: ProgressStore, isolation: str = "best", time_limit: float = TIME_LIMIT, root: Path = ROOT
    ) -> None:
        self.names = exercise_names(root)
        if not self.names:
            raise SelfStudyError("there are no exercises here: tl check needs the whole package, a checkout of it")
        self.store, self.time_limit, self.root = store, time_limit, root
        self.sandbox = Sandbox(isolation, Limits())
        self._secret = ""
        self._keys: dict[str, AnswerKey] = {}

    def __enter__(self) -> Checker:
        import torch

        torch.set_num_threads(1)
        # The key has to be kept before anything is drawn from it.
        self._secret = self.store.update(lambda progress: progress.key)
        self.sandbox.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.close()

    @property
    def isolation(self) -> str:
        """The tier in force."""
        return self.sandbox.tier.value

    def read(self, notebook: Path) -> tuple[Exercise, Answered, str]:
        """The exercise and answers of a notebook, and the digest of its code. Raises NotReadable, NoNotebook."""
        data = read_bytes(notebook.resolve())  # a link of one's own may be followed
        exercise = load_exercise(exercise_of(notebook, data, self.names, self.root), self.root)
        answered = read_answers(data, exercise)
        return exercise, answered, _digest(*(f"{c['question']}\n{c['source']}" for c in answered.cells))

    def check(self, notebook: Path, asked: bool = True) -> Checked:
        """Grade a notebook and keep the progress.

        `asked`: the learner asks for this check, so that a question that fails again gets its next hint. Without it (a
        save that is watched) only an answer that has changed since its last check does. Raises NotReadable, NoNotebook.
        """
        exercise, answered, code = self.read(notebook)
        result = grade(self.sandbox, exercise, self._key(exercise), answered, LEARNER, code, self.time_limit)
        answers = _answers(answered)
        begun = {q.id for q in exercise.questions if answers.get(q.id, "").strip() not in ("", q.blank_source.strip())}
        checked = Checked(notebook, exercise, result, begun, code)
        if result.status == "graded":
            self.store.update(lambda progress: _keep(progress, checked, answers, asked))
        return checked

    def _key(self, exercise: Exercise) -> AnswerKey:
        if exercise.name not in self._keys:
            self._keys[exercise.name] = AnswerKey(exercise.name, seed_of_exercise(self._secret, exercise.name))
        return self._keys[exercise.name]


def _keep(progress: Progress, checked: Checked, answers: dict[str, str], asked: bool) -> None:
    """Take a check into the progress, and what follows from it into the check."""
    now = f"{datetime.now().astimezone():%Y-%m-%dT%H:%M:%S%z}"
    entry = progress.exercises.setdefault(checked.exercise.name, ExerciseProgress())
    entry.notebook, entry.checked = str(checked.notebook.resolve()), now
    next_up = next((q.id for q in checked.result.questions if not solved(q)), None)
    for result in checked.result.questions:
        if result.status == "not_graded":
            continue
        seen = entry.questions.setdefault(result.id, QuestionProgress())
        digest = _digest(answers.get(result.id, ""))
        if result.id in checked.begun:
            seen.checks += 1
        seen.keep_best(result.points, result.max_points)
        checked.best[result.id] = seen.points
        if solved(result):
            seen.solved = seen.solved or now
        elif result.id in checked.begun or result.id == next_up:
            # A blank further down is not begun: its hints are not used up before it is anybody's turn.
            hint = _next_hint(seen, checked.exercise.question(result.id).hints, asked or digest != seen.answer)
            if hint is not None:
                checked.hints[result.id] = hint
        seen.status, seen.answer = result.status, digest


def _next_hint(seen: QuestionProgress, hints: tuple[str, ...], further: bool) -> Hint | None:
    if not hints:
        return None
    if further or seen.hints == 0:
        seen.hints += 1
    seen.hints = min(seen.hints, len(hints))
    return Hint(seen.hints, len(hints), hints[seen.hints - 1])


def _answers(answered: Answered) -> dict[str, str]:
    return {cell["question"]: cell["source"] for cell in answered.cells if cell["question"] is not None}


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
