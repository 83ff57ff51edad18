"""`diagnose_shift` cannot be guessed: what constants and random answers get."""

from __future__ import annotations

import random

import pytest

from grader.exercise.catalogue import load_exercise
from grader.judging.answer_key import AnswerKey
from grader.judging.verdict import verdict
from tlcore.data import SHIFTS

QUESTION = "diagnose_shift"


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    return AnswerKey("08_domain_adaptation", "guessing", only=QUESTION)


def points(key: AnswerKey, answer: object) -> float:
    question = load_exercise("08_domain_adaptation").question(QUESTION)
    return verdict(key, question, key.ask(QUESTION, {**key.reference_names, QUESTION: answer})).points


def test_no_constant_answer_gets_a_point(key: AnswerKey) -> None:
    assert {kind: points(key, lambda *_, kind=kind: kind) for kind in SHIFTS} == dict.fromkeys(SHIFTS, 0.0)


def test_no_random_answer_gets_two_fifths(key: AnswerKey) -> None:
    """Measured: none of these twenty got a point; with two other keys, one of forty got a third of the points."""
    found = []
    for seed in range(20):
        rng = random.Random(seed)
        found.append(points(key, lambda *_, rng=rng: rng.choice(SHIFTS)))
    assert max(found) < 0.4 * load_exercise("08_domain_adaptation").question(QUESTION).points
