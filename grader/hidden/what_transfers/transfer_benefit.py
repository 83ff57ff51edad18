"""Hidden tests of `transfer_benefit`: curves in which one property at a time is the better one."""

from __future__ import annotations

from typing import Any

from grader.hidden.registry import hidden_test
from grader.hidden.what_transfers.setups import curve, entry
from grader.student.given import Given

Case = tuple[dict[str, Any], dict[str, Any], float]
ACCURACY: dict[str, Any] = {"start": 0.2, "end": 0.7, "speed": 1.0}
LOSS: dict[str, Any] = {"start": 2.0, "end": 0.8, "speed": 1.0, "metric": "loss"}


def pair(given: Given, plain: dict[str, Any], **better: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two curves that differ in what is given, with transfer first; each has looks of its own."""
    return curve(given, **{**plain, **better}), curve(given, **plain)


def benefits(student: Any, cases: list[Case]) -> list[dict[str, Any]]:
    """The answer to each case, plain; asked twice, because an answer must not depend on an earlier call."""
    for ours, theirs, threshold in cases:
        student.transfer_benefit(ours, theirs, threshold)
    return [student.transfer_benefit(ours, theirs, threshold) for ours, theirs, threshold in cases]


@hidden_test(weight=2, says="At which look has no update been made yet?")
def test_the_start_is_the_look_before_the_first_update(student, given, expect):
    """A higher start is seen at step 0, for accuracy and for loss"""
    cases = [
        (*pair(given, ACCURACY, start=0.45), 0.5),
        (*pair(given, LOSS, start=1.3), 1.1),
        (*pair(given, ACCURACY, start=0.12), 0.5),
        (*pair(given, LOSS), 1.2),
    ]
    expect([entry(answer, "jumpstart") for answer in benefits(student, cases)], "jumpstart of four pairs of curves")


@hidden_test(weight=3, says="Follow both curves by hand: at which step is each of them there for the first time?")
def test_steps_saved_on_the_way_to_the_threshold(student, given, expect):
    """The steps saved are those to the first look at the threshold or beyond it, on noisy curves and exact hits"""
    cases = [(*pair(given, ACCURACY, speed=3.0, noise=0.06), 0.5), (*pair(given, LOSS, speed=3.0), 1.3)]
    fast, slow = pair(given, ACCURACY, speed=0.6)
    # One hits the threshold and stays beyond it, the other falls back for a look.
    fast["val"][3:] = [0.66, *(0.69 for _ in fast["val"][4:])]
    slow["val"][6], slow["val"][7] = 0.67, 0.4
    cases.append((fast, slow, 0.66))
    fast, slow = pair(given, LOSS, speed=0.6)
    fast["val"][2], fast["val"][3], slow["val"][7] = 0.75, 1.4, 0.75
    cases.append((fast, slow, 0.75))
    # Transfer is slower here, so that the number is negative.
    ours, theirs = pair(given, ACCURACY, speed=0.5)
    ours["val"][1:6] = [0.21, 0.22, 0.23, 0.24, 0.25]
    theirs["val"][2], theirs["val"][8] = 0.4, 0.7
    cases.append((ours, theirs, 0.36))
    # The first look of one of the two is there already: that is step 0, which is a step.
    ours, theirs = pair(given, ACCURACY, start=0.45)
    cases += [(ours, theirs, 0.4), (theirs, ours, 0.4)]
    expect(
        [entry(answer, "speedup_steps") for answer in benefits(student, cases)], "steps saved in seven pairs of curves"
    )


@hidden_test(weight=2, says="How many steps does a run save on the way to a value that it never reaches?")
def test_a_threshold_that_is_never_reached(student, given, expect):
    """If one of the two never gets there, no number of steps is made up"""
    first, second = pair(given, ACCURACY, end=0.9)
    cases = [
        (first, second, 0.8),
        (second, first, 0.8),
        (first, second, 0.45),
        (*pair(given, LOSS), 0.3),
        (*pair(given, LOSS, speed=2.5), 1.4),
        (first, second, 0.99),
    ]
    expect(
        [entry(answer, "speedup_steps") for answer in benefits(student, cases)], "steps saved in six pairs of curves"
    )


@hidden_test(weight=2, says="Of how many looks is the level at the end the mean?")
def test_the_level_at_the_end(student, given, expect):
    """The level at the end is a mean over the last looks, as many as are asked for, or as many as there are"""
    found = []
    for plain, better in ((ACCURACY, {"end": 0.8}), (LOSS, {"end": 0.5})):
        ours, theirs = pair(given, plain, noise=0.08, **better)
        found.append(entry(student.transfer_benefit(ours, theirs, 0.6), "asymptote_gain"))
        for tail in (1, given.integer(2, 4), given.integer(6, 8), 40):
            found.append(entry(student.transfer_benefit(ours, theirs, 0.6, tail=tail), "asymptote_gain"))
    ours, theirs = pair(given, ACCURACY, looks=3, noise=0.1)
    found.append(entry(student.transfer_benefit(ours, theirs, 0.6), "asymptote_gain"))
    expect(found, "gain at the end with several tails")


@hidden_test(weight=2, says="Which of the three numbers is off? Draw both curves.")
def test_all_three_at_once(student, given, expect):
    """All three numbers of pairs of curves of different lengths"""
    cases = [
        (*pair(given, ACCURACY, start=0.35, end=0.8, speed=2.0), 0.55),
        (*pair(given, LOSS, start=1.5, end=0.6, speed=2.0), 1.2),
        (*pair(given, ACCURACY, start=0.1, end=0.6, speed=0.7), 0.45),
    ]
    cases.append((curve(given, **ACCURACY, looks=7), curve(given, **ACCURACY, looks=15), 0.4))
    keys = ("jumpstart", "speedup_steps", "asymptote_gain")
    expect(
        [[entry(answer, key) for key in keys] for answer in benefits(student, cases)], "the three numbers of four pairs"
    )
