"""The same hidden tests inside a notebook's own process, as nbgrader and otter run theirs: no isolation at all.

For comparing with those tools (`benchmarks/`), and for an author who tries an answer. Never for other people's code.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache
from typing import Any

import torch

from grader.authoring.exercise import load_exercise
from grader.judging.answer_key import AnswerKey
from grader.judging.carried_over import better_of, parts_in_question
from grader.judging.verdict import QuestionVerdict, verdict
from grader.sandbox.inside.stand_ins import STAND_INS


def judge(exercise: str, question: str, names: MutableMapping[str, Any], exercise_seed: str) -> QuestionVerdict:
    """The verdict on the answer that `names` holds: a notebook's `globals()`, which are as before afterwards."""
    torch.set_num_threads(1)
    key = _key(exercise, exercise_seed)
    points = load_exercise(exercise).question(question).points
    traces = key.ask(question, dict(names))
    parts = parts_in_question(key.tests[question], traces)
    if parts:
        own = {name: names[name] for name in parts if name in names}
        try:
            # In the notebook's globals themselves: there its functions look one another up.
            names.update({name: STAND_INS[name] for name in parts})
            traces = better_of(traces, key.ask(question, dict(names))) or traces
        finally:
            for name in parts:
                names.pop(name)
            names.update(own)
    return verdict(key, question, points, traces)


def points(exercise: str, question: str, names: MutableMapping[str, Any], exercise_seed: str) -> float:
    """The points of the answer: what an nbgrader test cell has as its last value."""
    return judge(exercise, question, names, exercise_seed).points


@cache
def _key(exercise: str, exercise_seed: str) -> AnswerKey:
    return AnswerKey(exercise, exercise_seed)
