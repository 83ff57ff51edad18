"""The same hidden tests inside a notebook's own process, as nbgrader and otter run theirs: no isolation at all.

For comparing with those tools (`benchmarks/`), and for an author who tries an answer. Never for other people's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch

from grader.authoring.exercise import load_exercise
from grader.judging.answer_key import AnswerKey
from grader.judging.verdict import QuestionVerdict, verdict


def judge(exercise: str, question: str, names: Mapping[str, Any], exercise_seed: str) -> QuestionVerdict:
    """The verdict on the answer that `names` holds (a notebook's `globals()`)."""
    torch.set_num_threads(1)
    key = _key(exercise, exercise_seed)
    points = load_exercise(exercise).question(question).points
    return verdict(key, question, points, key.ask(question, dict(names)))


def points(exercise: str, question: str, names: Mapping[str, Any], exercise_seed: str) -> float:
    """The points of the answer: what an nbgrader test cell has as its last value."""
    return judge(exercise, question, names, exercise_seed).points


@cache
def _key(exercise: str, exercise_seed: str) -> AnswerKey:
    return AnswerKey(exercise, exercise_seed)
