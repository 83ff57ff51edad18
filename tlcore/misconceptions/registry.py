"""How a wrong implementation becomes a misconception of a question, and how a topic's are found."""

from __future__ import annotations

import importlib
import inspect
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


def misconception(question: str, *, asks: str, replaces: str | None = None) -> Callable[[Any], Any]:
    """Register a wrong implementation of `question`.

    Decorates a function or class that stands for the one named `replaces` (default: the question's id). Where a
    question has several functions, decorate a plain class that holds the wrong ones as static methods and give
    `replaces="*"`.
    """

    def mark(wrong: Any) -> Any:
        if replaces == "*":
            names = {k: v.__func__ for k, v in vars(wrong).items() if isinstance(v, staticmethod)}
        else:
            names = {replaces or question: wrong}
        module = inspect.getmodule(wrong)
        assert module is not None
        registered = vars(module).setdefault("REGISTERED", [])
        registered.append(Misconception(question, wrong.__name__, asks, names))
        return wrong

    return mark


@cache
def misconceptions_of(topic: str) -> dict[str, list[Misconception]]:
    """The misconceptions of a topic by question, in the order of the module."""
    found: dict[str, list[Misconception]] = {}
    for one in vars(importlib.import_module(f"tlcore.misconceptions.{topic}")).get("REGISTERED", []):
        found.setdefault(one.question, []).append(one)
    return found
