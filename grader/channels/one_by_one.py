"""Grading notebooks one at a time, as nbgrader and otter hand them over, in one sandbox that stays warm."""

from __future__ import annotations

import atexit
import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.exercise.libraries import imported_by
from grader.exercise.model import Exercise
from grader.judging.time_limit import TIME_LIMIT
from grader.results import SubmissionResult
from grader.sandbox import Sandbox, Tier
from grader.sandbox.launch import modules_for
from grader.submissions import Answered, NotReadable, read_answers, read_bytes, texts_beside

if TYPE_CHECKING:
    from grader.judging.answer_key import AnswerKey


class NotGraded(Exception):
    """Nothing can be said about this submission; the message says why and what to do. It is never a zero."""


@dataclass
class Submitted:
    """A readable submission: the file's bytes, and what was found in them."""

    exercise: Exercise
    data: bytes
    answered: Answered

    @property
    def digest(self) -> str:
        """The sha256 of the file."""
        return hashlib.sha256(self.data).hexdigest()


def read_submission(path: Path, exercise: str) -> Submitted:
    """Read an untrusted notebook. Raises NotGraded: no such exercise, or a file that is no notebook."""
    known = exercise_names()
    if exercise not in known:
        raise NotGraded(f"there is no exercise called {exercise!r}; exercises are {', '.join(known)}")
    if path.is_symlink():
        raise NotGraded("the file is a symbolic link, which is not followed: hand in the notebook itself")
    loaded = load_exercise(exercise)
    try:
        data = read_bytes(path)
        answered = read_answers(data, loaded)
        answered.files, remarks = texts_beside(path)
        answered.remarks += remarks
        return Submitted(loaded, data, answered)
    except NotReadable as problem:
        raise NotGraded(str(problem)) from None


class WarmGrader:
    """Grades submissions with one course key. The sandbox starts with the first one, and serves all that follow."""

    def __init__(self, isolation: str, secret: str, time_limit: float = TIME_LIMIT) -> None:
        self.isolation, self.secret, self.time_limit = isolation, secret, time_limit
        self._sandbox: Sandbox | None = None
        self._keys: dict[str, AnswerKey] = {}
        self._lock = threading.Lock()

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox, started. Raises SandboxUnavailable where the tier asked for cannot be had."""
        with self._lock:
            if self._sandbox is None:
                libraries = imported_by(exercise_names()) | {"sklearn"}  # nobody knows what will be handed in
                self._sandbox = Sandbox(self.isolation, preload=modules_for(libraries)).start()
                atexit.register(self._sandbox.close)
            return self._sandbox

    def close(self) -> None:
        """End the sandbox; the next submission starts it again."""
        with self._lock:
            if self._sandbox is not None:
                atexit.unregister(self._sandbox.close)
                self._sandbox.close()
                self._sandbox = None

    def grade(self, submitted: Submitted, learner: str, own_inputs: bool) -> SubmissionResult:
        """The result; with `own_inputs`, on hidden inputs that are drawn for this notebook alone.

        Raises NotGraded where the infrastructure failed, after its own retries.
        """
        import torch

        from grader.grading.course_key import seed_of_exercise, seed_of_submission
        from grader.grading.submission import grade
        from grader.judging.answer_key import AnswerKey
        from grader.remote.no_compiler import optimizers_without_compiler

        torch.set_num_threads(1)
        optimizers_without_compiler()
        name = submitted.exercise.name
        keep = self.sandbox.tier is not Tier.NONE  # else a learner's code could read and change what is kept
        if own_inputs:
            key = AnswerKey(name, seed_of_submission(self.secret, name, submitted.digest))
        else:
            key = self._keys.get(name) or AnswerKey(name, seed_of_exercise(self.secret, name), keep=keep)
            self._keys[name] = key
        result = grade(
            self.sandbox, submitted.exercise, key, submitted.answered, learner, submitted.digest, self.time_limit
        )
        if result.status != "graded":
            raise NotGraded(result.reason or "the grader gave no result: run it again")
        return result
