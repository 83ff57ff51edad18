"""Notebook 00: `kind_of` cannot be guessed."""

import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from benchmarks.in_process import judge
from grader.hidden.before_the_workshop.kind_of import CASES, KINDS

EXERCISE = "00_before_the_workshop"
MOST = 0.4
"""Share of the points that an answer which knows nothing may get."""


def points(answer: Callable[..., Any]) -> float:
    """The share of the points of `kind_of`."""
    verdict = judge(EXERCISE, "kind_of", {"kind_of": answer}, "guessing")
    return verdict.points / verdict.max_points


@pytest.mark.parametrize("kind", KINDS)
def test_one_answer_for_everything_gets_nothing(kind: str) -> None:
    assert points(lambda item, run: kind) == 0


@pytest.mark.parametrize("seed", range(10))
def test_random_answers_get_nothing(seed: int) -> None:
    rolls = random.Random(seed)
    assert points(lambda item, run: rolls.choice(KINDS)) == 0


@pytest.mark.parametrize("fact", ["saved", "learned", "chosen", "from_predictions", "changes", "numbers"])
def test_one_fact_is_not_enough(fact: str) -> None:
    """The best that an answer can get that looks at one fact only; both outcomes, every pair of kinds."""

    def by(yes: str, no: str) -> Callable[..., Any]:
        def kind_of(item: str, run: dict[str, dict[str, Any]]) -> str:
            value = run[item][fact]
            return yes if (value == 1 if fact == "numbers" else value) else no

        return kind_of

    assert max(points(by(yes, no)) for yes, no in product(KINDS, repeat=2)) < MOST


def test_the_cases_contradict_nothing_in_the_statement() -> None:
    assert {kind for kind, _ in CASES.values()} == set(KINDS)
    for kind, facts in CASES.values():
        assert facts.get("learned", False) == (kind == "parameter")
        assert facts.get("saved", kind == "parameter") == (kind in ("parameter", "buffer"))
        assert facts.get("from_predictions", False) == (kind == "metric")
        assert kind != "hyperparameter" or facts["chosen"]
        assert not (kind in ("metric", "data") and facts.get("chosen"))
