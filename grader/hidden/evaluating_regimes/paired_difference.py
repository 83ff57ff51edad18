"""Hidden tests of `paired_difference`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError

TOO_SHORT, TOO_LONG = 0.038, 0.045
"""Allowed difference of a coverage from `conf`.

The coverage of a t interval has no noise here (see `coverage`). Of 600 draws: bootstraps that are corrected for few
pairs -0.002 to 0.000, with 0.017 or less from draw to draw; a studentised bootstrap -0.016 and 0.034 with five pairs.
The deviation with n loses 0.042 with five pairs, a normal quantile 0.069, the plain percentile bootstrap 0.117; the t
of five pairs for 25 gains 0.057.
"""


@dataclass
class World:
    """Many comparisons of one kind: `n` seeds; `together` is how much of a score is due to the seed."""

    n: int
    conf: float
    together: float
    draws: int


FAR_TOO_SHORT, NEARLY_ALL = 0.08, 0.968
"""No right answer is near these; they tell wrong ideas apart."""

WORLDS = {
    "six seeds that decide most of the score": World(6, 0.9, 5.0, 16),
    "five seeds that decide nothing": World(5, 0.8, 0.0, 20),
    "25 seeds that decide most of the score": World(25, 0.9, 5.0, 4),
}
"""Few draws and few kinds: a sound bootstrap in plain Python takes a tenth of a second for each, and a table of
quantiles by simulation a second for each kind. All of it has one time limit."""


def scores(given: Any, world: World, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores of two regimes for each draw and seed, (draws, n): the true difference is `gap`."""
    seed, one, other = (given.tensor(world.draws, world.n).double().numpy() for _ in range(3))
    level = given.integer(50, 80)
    return level + world.together * seed + one + gap, level + world.together * seed + other


def answer(student: Any, a: Any, b: Any, conf: float) -> tuple[float, float, float, str]:
    """The four numbers of an answer as plain values."""
    mean, low, high, verdict = student.paired_difference(a, b, conf)
    return float(mean), float(low), float(high), str(verdict)


def coverage(low: np.ndarray, high: np.ndarray, d: np.ndarray) -> float:
    """Share of intervals with the truth inside if all draws `d` (draws, n) are repeated without end, shape by shape.

    The shape is what is left of normal differences without their mean and deviation; it depends on neither. So an
    interval that moves and stretches with the differences has the same ends in standard errors whenever its shape
    comes back, and the mean, in standard errors from the truth, has a t distribution. Counting hits would take ten
    times as many draws.
    """
    n = d.shape[1]
    mean, error = d.mean(1), d.std(1, ddof=1) / n**0.5
    inside = stats.t.cdf((mean - low) / error, n - 1) - stats.t.cdf((mean - high) / error, n - 1)
    return float(inside.mean())


def of_other_degrees(low: np.ndarray, high: np.ndarray, d: np.ndarray, conf: float) -> bool:
    """Whether it is a t interval to the last digit, and of other degrees of freedom than n - 1.

    With 2n - 2 of them the coverage is only 0.035 too low, as it may be by chance with a bootstrap.
    """
    n = d.shape[1]
    quantiles = (high - low) / 2 / (d.std(1, ddof=1) / n**0.5)
    others = [df for df in range(1, 3 * n) if df != n - 1]
    return any(bool(np.allclose(quantiles, stats.t.ppf((1 + conf) / 2, df), rtol=0, atol=1e-7)) for df in others)


@hidden_test(weight=3, says="If you repeated the comparison a thousand times, how often should the interval be right?")
def test_the_interval_covers_as_often_as_it_says(student, given, expect):
    """Of many repeated comparisons, the share `conf` has the true difference inside the interval"""
    for kind, world in WORLDS.items():
        a, b = scores(given, world, given.integer(-20, 20) / 10)
        seen = [answer(student, one, other, world.conf) for one, other in zip(a.tolist(), b.tolist(), strict=True)]
        low, high = (np.array([found[end] for found in seen]) for end in (1, 2))
        share = coverage(low, high, a - b)
        expect.that(share >= world.conf - TOO_SHORT, f"with {kind}, the interval has the truth inside often enough")
        expect.that(share >= world.conf - FAR_TOO_SHORT, f"with {kind}, the interval is not far too short")
        expect.that(share <= NEARLY_ALL, f"with {kind}, the interval may miss the truth now and then")
        expect.that(share <= world.conf + TOO_LONG, f"with {kind}, the interval is no longer than it has to be")
        expect.that(bool((low < high).all()), f"with {kind}, there is an interval")
        expect.that(
            not of_other_degrees(low, high, a - b, world.conf), f"with {kind}, the degrees of freedom are n - 1"
        )


@hidden_test(weight=3, says="Where does zero lie: below the interval, above it, or inside?")
def test_the_verdict_follows_from_the_interval(student, given, expect):
    """The verdict names the higher regime only if zero is outside the interval"""
    verdicts, truth = [], []
    for case in range(12):
        kind, n = ("a", "b", "inconclusive")[case % 3], given.choice([6, 9])
        noise = given.tensor(n).double().numpy()
        noise = (noise - noise.mean()) / noise.std(ddof=1)
        # In standard errors: far beyond what any interval at 90 % needs, or well within it, though not zero.
        shift = {"a": 8.0, "b": -8.0, "inconclusive": given.choice([0.4, -0.4])}[kind]
        scale = given.choice([0.02, 1.0, 30.0])
        b = scale * (4 * given.tensor(n).double().numpy() + 10)
        a = b + scale * (noise + shift / n**0.5 * (1.6 if kind != "inconclusive" else 1.0))
        verdicts.append(answer(student, a.tolist(), b.tolist(), 0.9)[3])
        truth.append(kind)
    expect(verdicts, "the verdicts on 12 comparisons", equals=truth)
    # Near the border, on both sides: whatever the interval is, the verdict has to agree with it.
    a, b = scores(given, World(5, 0.8, 3.0, 12), 0.5)
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    seen = [answer(student, *pair, 0.8) for pair in [*pairs, *((other, one) for one, other in pairs)]]
    agree = [v == ("a" if low > 0 else "b" if high < 0 else "inconclusive") for _, low, high, v in seen]
    expect.that(all(agree), "the verdict agrees with the interval that is returned")


@hidden_test(weight=1, says="What is subtracted from what, and over which numbers is the mean?")
def test_the_mean_is_over_all_pairs(student, given, expect):
    """The first number is the mean of a - b over all seeds, and lies in the interval"""
    for n in (2, 5, 12):
        a, b = 3 * given.tensor(n).double() + 70, 3 * given.tensor(n).double() + 69
        for one, other in ((a.tolist(), b.tolist()), (b.numpy(), a.numpy())):
            mean, low, high, _ = answer(student, one, other, 0.9)
            expect(mean, f"the mean difference of {n} pairs", atol=1e-6)
            expect.that(low < mean < high, "the mean lies between the ends of the interval")


def refused(student: Any, a: list[float], b: list[float]) -> bool:
    """Whether the answer raises an error of its own."""
    try:
        student.paired_difference(a, b, 0.9)
    except LearnerError as error:
        if error.kind in ("Blank", "MissingAnswer", "TimeLimit", "Died"):
            raise
        return error.kind == "ValueError"
    return False


@hidden_test(weight=1, says="What can one seed say, and what can scores say that do not come in pairs?")
def test_what_is_no_pairing_is_refused(student, given, expect):
    """One seed, or different numbers of seeds, raise a ValueError"""
    a, b = (given.tensor(5).double().tolist() for _ in range(2))
    expect.that(refused(student, a[:1], b[:1]), "one seed raises a ValueError")
    expect.that(refused(student, [], []), "no seed raises a ValueError")
    expect.that(refused(student, a, b[:4]), "five scores against four raise a ValueError")
    expect.that(refused(student, a[:1], b), "one score against five raises a ValueError")
    mean, low, high, _ = answer(student, a[:2], b[:2], 0.9)
    expect(mean, "the mean difference of two pairs", atol=1e-6)
    expect.that(low < mean < high, "two pairs have an interval")
