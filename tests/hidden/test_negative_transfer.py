"""`negative_transfer` and `rank_sources` cannot be guessed: what constants and random answers get."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest

from grader.exercise.catalogue import load_exercise
from grader.judging.answer_key import AnswerKey
from grader.judging.verdict import verdict
from tlcore.stand_ins import negative_transfer, rank_sources

EXERCISE = "10_negative_transfer"
VERDICTS = ("negative", "positive", "inconclusive", "not comparable")


@cache
def key(question: str, seed: str) -> AnswerKey:
    return AnswerKey(EXERCISE, seed, only=question)


def share(question_id: str, answer: Callable[..., Any], seed: str = "guessing") -> float:
    """Of the question's points."""
    question, asked = load_exercise(EXERCISE).question(question_id), key(question_id, seed)
    names = {**asked.reference_names, question_id: answer}
    return verdict(asked, question, asked.ask(question_id, names)).points / question.points


@pytest.mark.parametrize("word", VERDICTS)
def test_no_constant_verdict_gets_a_point(word: str) -> None:
    nothing = word == "not comparable"
    said = {"gap": None if nothing else -3.0, "ci": None if nothing else (-5.0, -1.0), "verdict": word}
    assert share("negative_transfer", lambda results: dict(said)) == 0


def guessed(rng: random.Random, results: Any) -> dict[str, Any]:
    return {"gap": rng.gauss(0, 5), "ci": (-9, 9), "verdict": rng.choice(VERDICTS)}


def test_no_random_verdict_gets_two_fifths() -> None:
    """Measured: none of ten got a point."""
    found = [share("negative_transfer", partial(guessed, random.Random(seed))) for seed in range(5)]
    assert max(found) < 0.4


def test_no_order_without_a_look_gets_two_fifths() -> None:
    """By name, as they came, the other way round, and at random."""

    def ordered(way: Callable[[list[str]], list[str]], candidates: Any, few: Any) -> list[str]:
        return way([candidate.name for candidate in candidates])

    def shuffled(rng: random.Random, names: list[str]) -> list[str]:
        return rng.sample(names, len(names))

    ways: list[Any] = [
        sorted,
        list,
        lambda names: names[::-1],
        *(partial(shuffled, random.Random(i)) for i in range(4)),
    ]
    assert max(share("rank_sources", partial(ordered, way)) for way in ways) < 0.4


@pytest.mark.parametrize("seed", ["guessing", "two"])
def test_the_stand_ins_for_learners_answer_nothing(seed: str) -> None:
    assert share("negative_transfer", negative_transfer, seed) < 0.5
    assert share("rank_sources", rank_sources, seed) < 0.5
