"""How a function becomes a hidden test, and how the tests of a question are found.

A hidden test stands in `grader/hidden/<topic>/<question>.py`; the path says which question it belongs to.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

TestFunction = Callable[..., None]


@dataclass(frozen=True)
class HiddenTest:
    """One behaviour of a question."""

    question: str
    name: str
    """The behaviour in words, from the docstring's first line."""
    weight: float
    """Its share of the question's points, relative to the question's other tests."""
    run: TestFunction
    hint: str
    """What a learner is told where the behaviour fails and no misconception is recognised."""
    stand_ins: tuple[str, ...]
    """Names of earlier answers that are replaced by a sound part where the learner's own fails here."""


def hidden_test(*, weight: float, says: str = "", stand_ins: tuple[str, ...] = ()) -> Callable[[TestFunction], Any]:
    """Make a function in the style of pytest a hidden test of the question that its module is named after.

    `weight` is the behaviour's share; the docstring's first line is the behaviour in words; `says` is a sentence for
    learners whose answer fails it (what to look at, never the solution). Raises TypeError without a docstring.
    """

    def mark(function: TestFunction) -> TestFunction:
        title = (function.__doc__ or "").strip().splitlines()
        if not title:
            raise TypeError(f"{function.__name__} needs a docstring: the behaviour in words")
        question = function.__module__.rpartition(".")[2]
        test = HiddenTest(question, title[0].rstrip("."), weight, function, says, stand_ins)
        function.hidden_test = test  # type: ignore[attr-defined]
        return function

    return mark


def topic_of(exercise: str) -> str:
    """`02_feature_extraction` -> `feature_extraction`."""
    return exercise.partition("_")[2]


@cache
def hidden_tests(topic: str, question: str) -> list[HiddenTest]:
    """The hidden tests of a question in the order of its module; none where it has no module."""
    name = f"grader.hidden.{topic}.{question}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            return []
        raise
    marked = (getattr(value, "hidden_test", None) for value in vars(module).values())
    return [test for test in marked if isinstance(test, HiddenTest) and test.question == question]
