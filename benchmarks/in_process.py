"""The same hidden tests inside a notebook's own process, as nbgrader and otter run theirs: no isolation at all.

For comparing with those tools, and for tests of this project. Never for other people's code.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache
from types import FunctionType
from typing import Any

import torch

from grader.exercise.catalogue import load_exercise
from grader.judging.answer_key import AnswerKey
from grader.judging.carried_over import better_of, parts_in_question
from grader.judging.stand_ins import STAND_INS
from grader.judging.verdict import verdict
from grader.results.record import QuestionResult


def judge(exercise: str, question: str, names: MutableMapping[str, Any], exercise_seed: str) -> QuestionResult:
    """The verdict on the answer that `names` holds: a notebook's `globals()`, which are as before afterwards."""
    torch.set_num_threads(1)
    key = _key(exercise, exercise_seed)
    traces = key.ask(question, dict(names))
    parts = parts_in_question(key.tests[question], traces)
    if parts:
        with _in_place_of(parts, names):
            traces = better_of(traces, key.ask(question, dict(names))) or traces
    return verdict(key, load_exercise(exercise).question(question), traces)


@contextmanager
def _in_place_of(parts: tuple[str, ...], names: MutableMapping[str, Any]) -> Iterator[None]:
    """Sound parts under their names, also where the answer's functions look one another up, while the block runs."""
    functions = [value for value in names.values() if isinstance(value, FunctionType)]
    own_globals = [f.__globals__ for f in functions if f.__globals__.get(f.__name__) is f]
    places: dict[int, MutableMapping[str, Any]] = {id(place): place for place in (names, *own_globals)}
    own = [(place, {name: place[name] for name in parts if name in place}) for place in places.values()]
    try:
        for place in places.values():
            place.update({name: STAND_INS[name] for name in parts})
        yield
    finally:
        for place, before in own:
            for name in parts:
                place.pop(name)
            place.update(before)


def judge_once(exercise: str, question: str, names: MutableMapping[str, Any], exercise_seed: str) -> QuestionResult:
    """`judge`, remembered for these very functions: otter asks for each behaviour by itself."""
    defined = load_exercise(exercise).question(question).defines
    what = (exercise, question, exercise_seed, *(id(names.get(name)) for name in defined))
    if what not in _judged:
        _judged[what] = judge(exercise, question, names, exercise_seed)
    return _judged[what]


_judged: dict[tuple[Any, ...], QuestionResult] = {}


def points(exercise: str, question: str, names: MutableMapping[str, Any], exercise_seed: str) -> float:
    """The points of the answer: what an nbgrader test cell has as its last value."""
    return judge(exercise, question, names, exercise_seed).points


@cache
def _key(exercise: str, exercise_seed: str) -> AnswerKey:
    return AnswerKey(exercise, exercise_seed)
