"""What a hidden test computes itself stays within the bounds that are there for tensors of a learner's.

Grading keeps what the reference was seen to do, so that the first to ask for a set-up may be a learner's submission.
"""

from typing import Any

import pytest

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.judging import trace
from grader.judging.answer_key import AnswerKey
from grader.remote import kernel_state
from grader.student import bounded
from grader.student.answers import TrustedAnswers

QUESTIONS = [(name, question.id) for name in exercise_names() for question in load_exercise(name).questions]


class SomebodyElse:
    """Answers as the reference, and as a learner's process: what it computes is nothing to the bounds here."""

    def __init__(self, names: dict[str, Any]):
        self._inner = TrustedAnswers(names)

    def start_afresh(self) -> None:
        self._inner.start_afresh()

    def ask(self, request: Any, tensors: Any) -> Any:
        most, bounded.MOST = bounded.MOST, 2**62
        try:
            return self._inner.ask(request, tensors)
        finally:
            bounded.MOST = most


@pytest.mark.parametrize(("exercise", "question"), QUESTIONS)
def test_a_hidden_test_is_within_its_own_bounds(exercise: str, question: str) -> None:
    key = AnswerKey(exercise, "who asks first", only=question)
    for test in key.tests[question]:
        with kernel_state.kept():
            assert trace.run(test, SomebodyElse(key.reference_names), key.seed(test)).observations
