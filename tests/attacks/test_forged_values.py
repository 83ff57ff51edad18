"""No hidden test can be passed by changing the replies of a wrong answer in a way that is cheaper than to answer.

For every hidden test, every known wrong answer and one that does nothing: their replies with all tensors constant, with
every flag as of the right answer, the same twice, never the same, and so on. Where the honest wrong answer fails a
behaviour, the forged one must fail it too.
"""

from typing import Any

import pytest
import torch
from forging import CHANGES, Forger, Recorder, Remembered, wrong_answers
from lies import LIES, Lie

from grader.exercise.catalogue import exercise_names, load_exercise
from grader.hidden.registry import HiddenTest
from grader.judging import trace
from grader.judging.answer_key import AnswerKey
from grader.judging.trace import Trace
from grader.remote import kernel_state
from grader.student.answers import LearnerError
from grader.student.expect import Expect
from grader.student.proxy import Student

torch.set_num_threads(1)
QUESTIONS = [(name, question.id) for name in exercise_names() for question in load_exercise(name).questions]
KEYS = {name: AnswerKey(name, "forged") for name in exercise_names()}


class UntilOneFails(Expect):
    """Ends the hidden test at the first observation that does not hold: no later one can make it pass."""

    def __call__(self, *args: Any, **kwargs: Any) -> bool:
        return self._go_on(super().__call__(*args, **kwargs))

    def that(self, *args: Any, **kwargs: Any) -> bool:
        return self._go_on(super().that(*args, **kwargs))

    def _go_on(self, holds: bool) -> bool:
        if not holds:
            raise LearnerError("WrongKind", "one observation does not hold")
        return holds


@pytest.fixture(autouse=True)
def _until_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "Expect", UntilOneFails)


def told(test: HiddenTest, answers: Any, seed: int, expected: Trace) -> Trace:
    """What a hidden test sees; what the answer switches off in this process is on again for the next."""
    with kernel_state.kept():
        return trace.run(test, answers, seed, expected)


HARDER_TO_FORGE = {
    ("test_both_marks", "more_than_the_budget"),
    ("test_the_base_stays", "more_than_the_budget"),
    ("test_a_tied_output_layer", "adapted_model_used_up"),
    ("test_every_regime_has_its_own_rate", "favourite_has_more_trials"),
    ("test_every_regime_has_its_own_rate", "tuned_model_is_final"),
    ("test_one_base_for_all_tasks", "a_base_for_each_task"),
    ("test_the_base_is_never_lost", "merged_and_taken_out"),
}
"""How many updates there were, how often a regime was tried and how much memory is held are counted beside the answer,
in the same process; whether a base is the same to the last bit is seen from two of its replies; and what the adapted
model's own config says changes no answer of it. Whoever lies about these has to know the right figure, and to know what
kind of reply it stands in. All else is judged by what came of
it."""


@pytest.mark.parametrize(("exercise", "question"), QUESTIONS, ids=[question for _, question in QUESTIONS])
def test_forged_replies_gain_nothing(exercise: str, question: str) -> None:
    key = KEYS[exercise]
    gained, tried = set(), 0
    for test, expected in zip(key.tests[question], key.reference(question), strict=True):
        seed, recorder = key.seed(test), Recorder(key.reference_names)
        assert trace.run(test, recorder, seed, expected).passed
        for label, names in wrong_answers(key.reference_names, key.misconceptions(question)):
            wrong = Remembered(names)
            if told(test, wrong.again(), seed, expected).passed:
                continue
            for change in CHANGES.values():
                tried += 1
                if told(test, Forger(wrong.again(), change, recorder.replies), seed, expected).passed:
                    gained.add((test.run.__name__, label))
    assert tried >= len(CHANGES)
    assert gained <= HARDER_TO_FORGE


@pytest.mark.parametrize("lie", LIES, ids=[lie.__name__ for lie in LIES])
def test_a_lie_made_for_one_hidden_test_gains_nothing(lie: type[Lie]) -> None:
    key = KEYS[next(name for name, question in QUESTIONS if question == lie.question)]
    at, test = next((i, t) for i, t in enumerate(key.tests[lie.question]) if t.run.__name__ == lie.aims_at)
    found = trace.run(test, lie(key.reference_names), key.seed(test), key.reference(lie.question)[at])
    assert found.observations
    assert not found.passed


def test_what_is_told_does_not_tell_the_seed() -> None:
    """Every call tells the other side a seed. From seeds that share their lower half, none of them may be the same."""
    told = []
    for seed in (5, 5 + 2**31):
        recorder = Recorder({"f": lambda: None})
        recorder.executor.handle = lambda request, tensors: told.append(request["seed"]) or ({"ok": None}, {})  # type: ignore[method-assign,func-returns-value]
        Student(recorder, seed).f()
    assert len(set(told)) == 2
