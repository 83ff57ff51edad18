"""Recognising a misconception: the one that predicts, on these very inputs, what the answer was seen to do."""

from __future__ import annotations

from typing import Any

import torch

from grader.judging.answer_key import AnswerKey
from grader.judging.trace import Trace, alike
from grader.student.compare import same
from tlcore.misconceptions import Misconception


def diagnose(key: AnswerKey, question: str, observed: list[Trace]) -> list[Misconception]:
    """The misconceptions that explain `observed` (one trace a hidden test), most specific first; [] where none does.

    One that predicts every test explains the whole answer. Where there is none, two wrong ideas may be at work: one is
    named where it alone predicts a failing test's measured numbers.
    """
    if all(t.passed for t in observed):
        return []
    known = key.misconceptions(question)
    whole = [m for m in known if all(map(alike, observed, key.predicted(question, m)))]
    if whole:
        return whole[:1]
    named: list[Misconception] = []
    for at, seen in enumerate(observed):
        if seen.passed or seen.error is not None:
            continue
        matching = [m for m in known if alike(seen, key.predicted(question, m)[at])]
        if len(matching) == 1 and matching[0] not in named and _measured(seen):
            named += matching
    return named


def _measured(seen: Trace) -> bool:
    """Whether wrong numbers were seen, several of them: many mistakes fail one property, or give one number."""
    return any(_several(o.value) for o in seen.observations if not o.holds)


def _several(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.numel() > 1 and same(value, value)
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list | tuple) and len(value) > 1 and not all(isinstance(v, bool) for v in value)
