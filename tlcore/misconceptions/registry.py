"""How a wrong implementation becomes a misconception, and how the misconceptions of a question are found.

A misconception stands in `tlcore/misconceptions/<topic>/<question>.py`; the path says which question it is about.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Misconception:
    """One wrong idea about one question."""

    question: str
    label: str
    asks: str
    """The question to ask oneself. It never shows the solution."""
    names: dict[str, Any]
    """The wrong functions or classes, by the names that a learner gives them; the reference supplies the others."""


def misconception(*, asks: str, replaces: str | None = None) -> Callable[[Any], Any]:
    """Make a wrong implementation a misconception of the question that its module is named after.

    Decorates a function or class that stands for the one named `replaces` (default: the question's id). Where a
    question has several functions, decorate a plain class that holds the wrong ones as static methods and give
    `replaces="*"`.
    """

    def mark(wrong: Any) -> Any:
        question = wrong.__module__.rpartition(".")[2]
        if replaces == "*":
            names = {k: v.__func__ for k, v in vars(wrong).items() if isinstance(v, staticmethod)}
        else:
            names = {replaces or question: wrong}
        wrong.misconception = Misconception(question, wrong.__name__, asks, names)
        return wrong

    return mark


@cache
def misconceptions_of(topic: str, question: str) -> list[Misconception]:
    """The misconceptions of a question in the order of its module; none where it has no module."""
    name = f"tlcore.misconceptions.{topic}.{question}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            return []
        raise
    # Its own mark, not one that a class has from another that it builds on.
    own = (vars(value).get("misconception") for value in vars(module).values() if hasattr(value, "__dict__"))
    return [one for one in own if isinstance(one, Misconception) and one.question == question]
