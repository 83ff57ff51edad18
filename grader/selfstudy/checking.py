"""Grading one's own notebook with the hidden tests: a warm sandbox, this learner's hidden inputs, the next hint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

import torch

from grader.exercise.catalogue import ROOT, exercise_names, load_exercise
from grader.exercise.model import Exercise

from ..grading.course_key import seed_of_exercise
from ..grading.submission import grade
from ..judging.answer_key import AnswerKey
from ..judging.time_limit import TIME_LIMIT
from ..remote.no_compiler import optimizers_without_compiler
from ..sandbox import Sandbox
from ..submissions import Answered
from .checked import Checked, Hint, solved
from .notebooks import digest, read_notebook
from .progress import ExerciseProgress, Progress, QuestionProgress
from .store import ProgressStore

LEARNER = "you"
"""The learner's name in a result: nobody else's work is graded here."""


class Checker:
    """Grades notebooks one after the other in one warm `sandbox`, which it closes. A context manager.

    Raises ProgressUnavailable at the start where the progress file must not be touched. Works wherever Python does:
    where nothing can isolate, the sandbox's best tier is none.
    """

    def __init__(self, store: ProgressStore, sandbox: Sandbox, time_limit: float = TIME_LIMIT, root: Path = ROOT):
        torch.set_num_threads(1)
        optimizers_without_compiler()
        self.store, self.sandbox, self.time_limit, self.root = store, sandbox, time_limit, root
        self.names = exercise_names(root)
        # The key has to be kept before anything is drawn from it.
        self._secret = store.update(lambda progress: progress.key)
        self._keys: dict[str, AnswerKey] = {}

    def __enter__(self) -> Checker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.close()

    @property
    def isolation(self) -> str:
        """The tier in force."""
        return self.sandbox.tier.value

    def prepare(self, name: str, enough: Callable[[], bool]) -> None:
        """Compute ahead what a check of the exercise called `name` needs, until `enough()`: what the reference answers,
        which every check needs, then what wrong ideas do, which only wrong answers need."""
        exercise = load_exercise(name, self.root)
        key = self._key(exercise)
        wrong_ideas = [(q.id, wrong) for q in exercise.questions for wrong in key.misconceptions(q.id)]
        for question in exercise.questions:
            if not enough():
                key.reference(question.id)
        for id, wrong in wrong_ideas:
            if not enough():
                key.predicted(id, wrong)

    def read(self, notebook: Path) -> tuple[Exercise, Answered, str]:
        """The exercise and answers of a notebook, and the digest of its code. Raises NotReadable, NoNotebook."""
        return read_notebook(notebook, self.names, self.root)

    def check(self, notebook: Path, asked: bool = True) -> Checked:
        """Grade a notebook and keep the progress.

        `asked`: the learner asks for this check, so that a question that fails again gets its next hint. Without it (a
        save that is watched) only an answer that has changed since its last check does. Raises NotReadable, NoNotebook.
        """
        exercise, answered, code = self.read(notebook)
        result = grade(self.sandbox, exercise, self._key(exercise), answered, LEARNER, code, self.time_limit)
        answers = _answers(answered)
        # A question without a cell of its own may be answered in another's.
        begun = {id for id in answered.answered - answered.blank if answers.get(id, "elsewhere").strip()}
        checked = Checked(notebook, exercise, result, begun, code)
        if result.status == "graded":
            self.store.update(lambda progress: keep(progress, checked, answers, asked))
        return checked

    def _key(self, exercise: Exercise) -> AnswerKey:
        if exercise.name not in self._keys:
            self._keys[exercise.name] = AnswerKey(
                exercise.name, seed_of_exercise(self._secret, exercise.name), keep=True
            )
        return self._keys[exercise.name]


def keep(progress: Progress, checked: Checked, answers: dict[str, str], asked: bool) -> None:
    """Take a check into the progress, and what follows from it into the check."""
    now = f"{datetime.now().astimezone():%Y-%m-%dT%H:%M:%S%z}"
    entry = progress.exercises.setdefault(checked.exercise.name, ExerciseProgress())
    entry.notebook, entry.checked = str(checked.notebook.resolve()), now
    next_up = next((q.id for q in checked.result.questions if not solved(q)), None)
    for result in checked.result.questions:
        if result.status == "not_graded":
            continue
        seen = entry.questions.setdefault(result.id, QuestionProgress())
        now_answered = digest(answers.get(result.id, ""))
        if result.id in checked.begun:
            seen.checks += 1
        seen.keep_best(result.points, result.max_points)
        checked.best[result.id] = seen.points
        if solved(result):
            seen.solved = seen.solved or now
        elif result.id in checked.begun or (result.id == next_up and not seen.full):
            # A blank further down is not begun: its hints are not used up before it is anybody's turn. Nor are those
            # of a blank in a fresh copy, when the question has had full marks in another.
            hint = _next_hint(seen, checked.exercise.question(result.id).hints, asked or now_answered != seen.answer)
            if hint is not None:
                checked.hints[result.id] = hint
        seen.status, seen.answer = result.status, now_answered


def _next_hint(seen: QuestionProgress, hints: tuple[str, ...], further: bool) -> Hint | None:
    if not hints:
        return None
    if further or seen.hints == 0:
        seen.hints += 1
    seen.hints = min(seen.hints, len(hints))
    return Hint(seen.hints, len(hints), hints[seen.hints - 1])


def _answers(answered: Answered) -> dict[str, str]:
    return {cell["question"]: cell["source"] for cell in answered.cells if cell["question"] is not None}
