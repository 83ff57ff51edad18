"""The clinic and the capstone cannot be guessed, and every draft has the cause that was planted."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.in_process import judge
from grader.exercise.catalogue import load_exercise
from grader.hidden.negative_transfer.setups_clinic import GROUPS, drafts
from grader.student.given import Given
from tlcore.data.clinic import clinic_runs
from tlcore.reference.negative_transfer.capstone import capstone, classifier, shortlist
from tlcore.reference.negative_transfer.fix import fix

NAME = "10_negative_transfer"
CAUSES = ["sound", *(cause for causes in GROUPS.values() for cause in causes)]
MOST = 0.4
"""Share of a question's points that a guess may get."""


def share(question: str, **names: Any) -> float:
    """The share of the question's points that this answer gets."""
    return judge(NAME, question, names, "guess").points / load_exercise(NAME).question(question).points


def at_random() -> Callable[[Any], tuple[str, Any]]:
    draw = random.Random(1)
    return lambda run: (draw.choice(CAUSES), lambda *args: None)


@pytest.mark.parametrize("cause", CAUSES)
def test_one_cause_for_all_runs_gets_nothing(cause: str) -> None:
    assert share("fix", fix=lambda run: (cause, fix(run)[1])) == 0


def test_a_cause_at_random_gets_nothing() -> None:
    assert share("fix", fix=at_random()) == 0


def test_a_cause_without_a_patch_gets_nothing() -> None:
    assert share("fix", fix=lambda run: (fix(run)[0], None)) == 0
    assert share("fix", fix=lambda run: (fix(run)[0], lambda *args: args[0])) == 0


def test_the_parts_of_the_capstone_without_the_other_parts() -> None:
    """Three parts of ten for the cards, three for the wrapper."""
    nothing: dict[str, Any] = {name: lambda *args: {} for name in ("shortlist", "classifier", "capstone")}
    assert share("capstone", **nothing) == 0
    assert 0 < share("capstone", **nothing | {"shortlist": shortlist}) < MOST
    assert 0 < share("capstone", **nothing | {"classifier": classifier}) < MOST
    assert share("capstone", **nothing | {"capstone": capstone}) < 0.5  # it asks a shortlist of its own


def test_the_reference_finds_what_was_planted() -> None:
    for seed in range(60):
        given = Given(None, seed)  # type: ignore[arg-type]
        for group in GROUPS:
            for draft in drafts(given, group):
                assert fix(draft.run)[0] == draft.cause


def test_everybody_gets_four_runs_of_different_kinds() -> None:
    groups = [set(causes) for causes in GROUPS.values()]
    found = set()
    for who in ("Ada", "Zoë O'Neil", "", "nils", "mei", "olga", "pablo", "ben"):
        assert clinic_runs(who) == clinic_runs(f" {who.upper()} ")
        causes = [fix(run)[0] for run in clinic_runs(who)]
        assert len(causes) == 4 and all(sum(cause in group for cause in causes) <= 1 for group in groups)
        found.add(tuple(causes))
    assert len(found) > 4


def test_what_moved_to_other_values_is_not_called_the_same() -> None:
    """With another rate the same layers move, and their names alone would read like what was expected."""

    def with_half_the_rate(run: Any) -> Any:
        cause, patched = fix(run)
        if cause not in GROUPS["model"]:
            return cause, patched
        return cause, lambda model, head, n_classes, regime, rate: patched(model, head, n_classes, regime, rate / 2)

    verdict = judge(NAME, "fix", {"fix": with_half_the_rate}, "guess")
    said = next(each.message for each in verdict.behaviours if not each.passed)
    assert ", as expected, but the values behind these words differ. " in said, said
