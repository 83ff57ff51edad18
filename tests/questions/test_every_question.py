"""What holds for every question there is: what is no answer scores nothing, and is told so in a sentence.

A new question needs no test of its own for this.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from benchmarks.in_process import judge
from grader.exercise.catalogue import exercise_names, load_exercise
from grader.judging.answer_key import AnswerKey
from grader.results.record import QuestionResult

KEY = "tests"
QUESTIONS = [(name, question.id) for name in exercise_names() for question in load_exercise(name).questions]


class Anything:
    """An object that has every attribute and every item, all of them itself."""

    def __getattr__(self, name: str) -> Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Anything:
        return self

    def __len__(self) -> int:
        return 3


class EmptyModule(nn.Module):
    """Takes anything, keeps nothing, gives back what it is called with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, x: Any) -> Any:
        return x


def raises(*args: Any, **kwargs: Any) -> None:
    raise ValueError("no idea")


def giving(make: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes whatever it is given."""
    return lambda *args, **kwargs: make(*args) if args else make(None)


NO_ANSWERS: dict[str, Callable[..., Any]] = {
    "its first input": giving(lambda first, *others: first),
    "its last input": giving(lambda *given: given[-1]),
    "all inputs": giving(lambda *given: given),
    "nothing": giving(lambda *given: None),
    "a text": giving(lambda *given: "done"),
    "True": giving(lambda *given: True),
    "zero": giving(lambda *given: 0),
    "not a number": giving(lambda *given: math.nan),
    "an empty list": giving(lambda *given: []),
    "an empty dict": giving(lambda *given: {}),
    "a tensor of another shape": giving(lambda *given: torch.zeros(2, 3, 5)),
    "a pair of tensors that are not numbers": giving(lambda *given: (torch.full((9, 12), math.nan), torch.zeros(9))),
    "a deep list": giving(lambda *given: [[[[1]]]]),
    "a fresh layer": giving(lambda *given: nn.Linear(3, 4)),
    "an object that claims to be anything": giving(lambda *given: Anything()),
    "a module that does nothing": EmptyModule,
    "an exception": raises,
}


def judged(exercise: str, question: str, answer: Callable[..., Any]) -> QuestionResult:
    """The verdict where every name that the question asks for is this answer; earlier answers are the reference's."""
    defined = load_exercise(exercise).question(question).defines
    names = AnswerKey(exercise, KEY).reference_names | dict.fromkeys(defined, answer)
    return judge(exercise, question, names, KEY)


def readable(message: str) -> bool:
    """A sentence for a person: no addresses, no stack dumps, no whole tensors."""
    sentence = re.match(r"[A-Z`].{15,900}[.?!]$", message, re.DOTALL)
    return bool(sentence) and not re.search(r"0x[0-9a-f]{6}|Traceback|tensor\(|site-packages", message)


@pytest.mark.parametrize(("exercise", "question"), QUESTIONS)
@pytest.mark.parametrize("what", NO_ANSWERS)
def test_what_is_no_answer_scores_nothing_and_is_told_why(exercise: str, question: str, what: str) -> None:
    verdict = judged(exercise, question, NO_ANSWERS[what])
    assert verdict.points == 0, verdict
    assert verdict.status in ("failed", "error")
    for behaviour in verdict.behaviours:
        assert behaviour.points == 0
        assert readable(behaviour.message), behaviour.message
    assert readable(verdict.message), verdict.message


@pytest.mark.parametrize(("exercise", "question"), QUESTIONS)
def test_the_reference_has_full_marks_whatever_the_course_key(exercise: str, question: str) -> None:
    """Hidden inputs of other course keys: none of them is one that a right answer fails by accident."""
    for number in range(5):
        key = f"key {number}"
        verdict = judge(exercise, question, dict(AnswerKey(exercise, key).reference_names), key)
        assert verdict.status == "passed", (key, verdict.message)
