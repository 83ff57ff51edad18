"""The questions of 07_evaluating_regimes cannot be guessed, and none of its right answers is lost to chance."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.in_process import judge
from grader.exercise.catalogue import load_exercise
from grader.hidden.evaluating_regimes.setups import CODES, GROUPS, drafts
from grader.judging.time_limit import TIME_LIMIT
from grader.student.given import Given
from tlcore.reference.evaluating_regimes.audit import audit
from tlcore.reference.evaluating_regimes.paired_difference import paired_difference

NAME = "07_evaluating_regimes"
KEYS = ("guess 1", "guess 2", "guess 3")
MOST = 0.4
"""Share of a question's points that a guess may get."""


def share(question: str, answer: Callable[..., Any]) -> float:
    """The largest share of the question's points that this answer gets, over some course keys."""
    points = load_exercise(NAME).question(question).points
    return max(judge(NAME, question, {question: answer}, key).points for key in KEYS) / points


def fields(code: str, report: dict[str, Any]) -> Iterator[str]:
    """Every field of a report that a finding with this code could name."""
    places = {
        "numbers": ("precision", "score", "error"),
        "budget": ("trials", "steps", "rate"),
        "data": ("plants.test", "days.train", "brightness.used"),
    }
    for group, names in places.items():
        if code in GROUPS[group]:
            field = names[GROUPS[group].index(code)]
            yield from [field] if group == "data" else (f"regimes.{name}.{field}" for name in report["regimes"])
    if code in GROUPS["claims"]:
        yield from (f"claims.{i}" for i in range(len(report["claims"])))


def guesses() -> dict[str, Callable[[dict[str, Any]], list[tuple[str, str]]]]:
    """Audits that look at nothing but the names of the regimes and the number of the claims."""

    def everything(report: dict[str, Any]) -> list[tuple[str, str]]:
        return [(code, field) for code in CODES for field in fields(code, report)]

    def at_random(chance: float) -> Callable[[dict[str, Any]], list[tuple[str, str]]]:
        draw = random.Random(chance)
        return lambda report: [finding for finding in everything(report) if draw.random() < chance]

    def always(code: str) -> Callable[[dict[str, Any]], list[tuple[str, str]]]:
        return lambda report: [(code, field) for field in fields(code, report)]

    random_ones = {f"at random, {chance}": at_random(chance) for chance in (0.05, 0.1, 0.2, 0.5)}
    return {"nothing": lambda report: [], "everything": everything, **random_ones, **{c: always(c) for c in CODES}}


@pytest.mark.parametrize("what", guesses())
def test_an_audit_that_guesses_gets_nothing(what: str) -> None:
    assert share("audit", guesses()[what]) == 0


@pytest.mark.parametrize("verdict", ["a", "b", "inconclusive", "at random"])
def test_a_verdict_that_guesses_gets_little(verdict: str) -> None:
    """Even with the right mean and an interval around it."""
    draw = random.Random(1)

    def guess(a: Any, b: Any, conf: float) -> tuple[float, float, float, str]:
        mean = sum(float(x) - float(y) for x, y in zip(a, b, strict=True)) / len(a)
        word = draw.choice(["a", "b", "inconclusive"]) if verdict == "at random" else verdict
        return mean, mean - 1, mean + 1, word

    assert 0 < share("paired_difference", guess) < MOST


def test_the_reference_finds_what_was_planted_and_nothing_else() -> None:
    """In 60 draws of each group; so no draw is one that the reference cannot tell apart."""
    for seed in range(60):
        given = Given(None, seed)  # type: ignore[arg-type]
        for group in GROUPS:
            for draft in drafts(given, group):
                assert sorted(audit(draft.report)) == sorted(draft.truth)
                assert {code for code, _ in draft.truth} == draft.flaws


def test_reports_of_all_keys_are_equally_hard() -> None:
    """Three to five flaws or so in each, every code of a group in two reports of eight at least."""
    for seed in range(40):
        given = Given(None, 1000 + seed)  # type: ignore[arg-type]
        for group, codes in GROUPS.items():
            reports = drafts(given, group)
            assert all(2 <= len(draft.truth) <= 5 for draft in reports)
            assert all(2 <= sum(code in draft.flaws for draft in reports) <= 6 for code in codes)


def test_a_corrected_bootstrap_is_accepted_whatever_the_key() -> None:
    """The right answer whose intervals differ most from the t interval."""
    from grader.authoring.answers import ANSWERS, names_of, surroundings

    path = ANSWERS / "evaluating_regimes" / "paired_difference" / "right_corrected_bootstrap.py"
    names = names_of(path.read_text(encoding="utf-8"), surroundings("evaluating_regimes"))
    for number in range(8):
        verdict = judge(NAME, "paired_difference", dict(names), f"key {number}")
        assert verdict.status == "passed", (number, verdict.message)


def test_an_interval_that_takes_a_tenth_of_a_second_is_in_time() -> None:
    """The hidden tests ask so seldom that a slow bootstrap needs less than half of the time limit."""
    asked = []

    def counted(a: Any, b: Any, conf: float) -> tuple[float, float, float, str]:
        asked.append(len(a))
        return paired_difference(a, b, conf)

    verdict = judge(NAME, "paired_difference", {"paired_difference": counted}, "a key")
    assert verdict.status == "passed"
    assert 0.1 * len(asked) < TIME_LIMIT / 2
