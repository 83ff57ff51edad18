"""How a function becomes a hidden test of a question, and how the tests of a topic are found."""

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
    share: float
    """Its share of the question's points, relative to the question's other tests."""
    run: TestFunction
    hint: str
    """What a learner is told where the behaviour fails and no misconception is recognised."""
    stand_ins: tuple[str, ...]
    """Names of earlier answers that are replaced by a sound part where the learner's own fails here."""


def question(
    name: str, *, points: float, says: str = "", stand_ins: tuple[str, ...] = ()
) -> Callable[[TestFunction], TestFunction]:
    """Make a function in the style of pytest a hidden test of question `name`.

    `points` is the behaviour's share; the docstring's first line is the behaviour in words; `says` is a sentence for
    learners whose answer fails it (what to look at, never the solution).
    """

    def mark(function: TestFunction) -> TestFunction:
        title = (function.__doc__ or "").strip().splitlines()
        if not title:
            raise TypeError(f"{function.__name__} needs a docstring: the behaviour in words")
        function.hidden_test = HiddenTest(name, title[0].rstrip("."), points, function, says, stand_ins)  # type: ignore[attr-defined]
        return function

    return mark


def topic_of(exercise: str) -> str:
    """`02_feature_extraction` -> `feature_extraction`."""
    return exercise.partition("_")[2]


@cache
def hidden_tests(topic: str) -> dict[str, list[HiddenTest]]:
    """The hidden tests of a topic by question, in the order of the module. Raises LookupError for an unknown topic."""
    module = _import(f"grader.hidden.{topic}")
    found: dict[str, list[HiddenTest]] = {}
    for value in vars(module).values():
        test: Any = getattr(value, "hidden_test", None)
        if isinstance(test, HiddenTest):
            found.setdefault(test.question, []).append(test)
    return found


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            raise LookupError(f"there is no module {name}") from None
        raise
