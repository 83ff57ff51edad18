"""One found submission, from its file to its result: what every worker does."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Mapping

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.exercise.model import Exercise
from grader.grading.course_key import seed_of_exercise, seed_of_submission
from grader.grading.submission import grade, not_graded
from grader.judging.answer_key import AnswerKey
from grader.results import SubmissionResult
from grader.sandbox import Sessions, Tier
from grader.submissions import Found, NotReadable, read_answers, read_bytes, texts_beside


class Judge:
    """Grades the submissions of a class whose course key is `secret`; each question has `time_limit` seconds.

    The hidden inputs are the same for all of them, or with `own_inputs` (somebody may have seen feedback) drawn for
    each notebook alone. With `keep`, expected values of the class's are kept on disk for the next run, and those of
    earlier runs are used.
    """

    def __init__(self, secret: str, time_limit: float, own_inputs: bool = False, keep: bool = False) -> None:
        self.secret, self.time_limit, self.own_inputs, self.keep = secret, time_limit, own_inputs, keep
        self._keys: dict[str, tuple[Exercise, AnswerKey]] = {}

    def seeds(self, exercise: str, digest: str) -> tuple[str, str]:
        """The seeds of hidden inputs, as results name them, that a notebook can have been graded with: those of the
        class, and its own."""
        return seed_of_exercise(self.secret, exercise), seed_of_submission(self.secret, exercise, digest)

    def prepare(self, exercises: set[str]) -> None:
        """Compute what the references give, so that every worker forked from here on has it."""
        if self.own_inputs:
            return
        for name in sorted(exercises & set(exercise_names())):
            exercise, key = self._key(name)
            for question in exercise.questions:
                key.reference(question.id)
        gc.collect()

    def result(self, sandbox: Sessions, found: Found) -> SubmissionResult:
        """The result of one submission, readable or not."""
        tier = sandbox.tier
        if found.exercise not in exercise_names():
            return not_graded(None, None, found.learner, "", tier, found.problem or "", found.exercise)
        exercise, key = self._key(found.exercise)
        digest = ""
        try:
            if found.problem:
                raise NotReadable(found.problem)
            data = read_bytes(found.path, found.below)
            files, remarks = texts_beside(found.path, found.below)
            digest = digest_of(data, files)
            answered = read_answers(data, exercise)
            answered.files = files
            answered.remarks += remarks
            if self.own_inputs:
                key = AnswerKey(found.exercise, seed_of_submission(self.secret, found.exercise, digest))
        except NotReadable as problem:
            return not_graded(exercise, key, found.learner, digest, tier, str(problem))
        except Exception as error:  # a mistake of ours that this file brings out: the others are graded
            return self.lost(found, tier, f"{type(error).__name__} in reading the file")
        answered.remarks[:0] = found.remarks
        return grade(sandbox, exercise, key, answered, found.learner, digest, self.time_limit)

    def lost(self, found: Found, tier: Tier, reason: str) -> SubmissionResult:
        """The result of a submission that the grader could not finish, through no fault of its learner's."""
        exercise, key = self._key(found.exercise)
        try:
            digest = digest_of_file(found)
        except NotReadable:
            digest = ""
        return not_graded(exercise, key, found.learner, digest, tier, f"the grader failed: {reason}. Run it again")

    def _key(self, name: str) -> tuple[Exercise, AnswerKey]:
        if name not in self._keys:
            key = AnswerKey(name, seed_of_exercise(self.secret, name), keep=self.keep)
            self._keys[name] = (load_exercise(name), key)
        return self._keys[name]


def digest_of(data: bytes, files: Mapping[str, str]) -> str:
    """How a result names the very notebook that it is about, with what lay beside it."""
    digest = hashlib.sha256(data)
    for name, text in sorted(files.items()):
        digest.update(f"\0{name}\0{text}".encode())
    return digest.hexdigest()


def digest_of_file(found: Found) -> str:
    """The digest of a notebook on disk. Raises NotReadable."""
    return digest_of(read_bytes(found.path, found.below), texts_beside(found.path, found.below)[0])
