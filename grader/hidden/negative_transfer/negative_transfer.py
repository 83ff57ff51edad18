"""Hidden tests of `negative_transfer`.

An answer that always says one verdict, or draws one, gets no point: each test compares numbers of several logs, or
twelve verdicts.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats

from grader.hidden.registry import hidden_test
from grader.student.views import View
from tlcore import plots

SHORTEST, LONGEST = 0.86, 1.35
"""Allowed length of an interval over that of the t interval of the same differences, the mean of four logs.

Six and seven symmetric differences, forty draws of each, means: a corrected percentile bootstrap 0.92 and 0.95, a
studentised one 0.91 and 1.06, all subset means 1.05 and 1.13; a normal quantile 0.76 and 0.80, a plain percentile
bootstrap 0.65 and 0.74, 90 % instead of 95 % 0.78 and 0.79. Single draws vary by 0.05, means of four less.
"""
FORMULA = 0.02
"""By so much the length may differ from that of the t interval if it is a formula: the same multiple of the deviation
in two logs with equally many pairs. Nothing is left to chance then. A bootstrap may be as short as a deviation with
ddof=0 (0.91 and 0.93) or a quantile with n degrees of freedom (0.95 and 0.96) makes it; a formula may not."""
SAME = 1e-3
"""So near, two multiples are the same."""


@dataclass
class Log:
    """A log of runs, and the differences of the pairs in it."""

    results: dict[str, Any] = field(default_factory=dict)
    """What the answer is given."""
    differences: list[float] = field(default_factory=list)
    """Pretrained minus scratch, one for each pair."""


def log_of(
    given: Any, shift: float, pairs: int, *, shared_budget: bool = True, lone: int = 3, symmetric: bool = True
) -> Log:
    """A log in which everything is there that one could compare by mistake.

    Args:
        given: where random numbers come from.
        shift: the mean of the differences, in standard errors of that mean.
        pairs: how many seeds have both starts at one budget.
        shared_budget: whether these have one budget; otherwise scratch was trained for longer than pretrained.
        symmetric: whether the differences are symmetric about their mean, so that every sound interval is nearly the
            same.
        lone: further seeds at that budget which were run with the pretrained start only.
    """
    classes, labels, updates = given.integer(3, 12), given.choice([5, 10, 20]), given.choice([80, 100, 150])
    seeds = given.distinct(pairs + lone, 0, 99)
    level, error = given.random.uniform(56, 68), given.random.uniform(0.6, 1.2)
    # The seed decides most of a score: without pairs nothing could be told.
    luck = 4 * _standardised(given, pairs)
    noise = (_symmetric if symmetric else _standardised)(given, pairs) * error * pairs**0.5
    scratch = (level + luck).round(2)
    pretrained = (scratch + noise + shift * error).round(2)
    if pairs == 1:
        pretrained = (scratch + shift).round(2)
    runs: list[dict[str, Any]] = []

    def add(start: str, tested_on: str, seed: int, n: int, steps: int, accuracy: float) -> None:
        run = {"start": start, "tested_on": tested_on, "seed": seed, "labels": n, "updates": steps}
        runs.append({**run, "accuracy": round(float(accuracy), 2)})

    spread = given.random.uniform
    for seed, a, b in zip(seeds, pretrained, scratch, strict=False):
        add("pretrained", "target", seed, labels, updates, a)
        add("scratch", "target", seed, labels, updates if shared_budget else 2 * updates, b)
        # Longer, and with more labels: one start each, so that no pair comes of it.
        add("pretrained", "target", seed, labels, 3 * updates, a + spread(5, 8))
        add("scratch", "target", seed, 2 * labels, updates, b + spread(11, 14))
        # The source is another task: it says nothing of the target.
        add("pretrained", "source", seed, labels, updates, spread(80, 84))
        add("scratch", "source", seed, labels, updates, spread(12, 16))
        # As it was downloaded: without a label, and without an update.
        add("pretrained", "target", seed, 0, 0, spread(38, 42))
        add("pretrained", "source", seed, 0, 0, spread(93, 97))
    for seed in seeds[pairs:]:
        add("pretrained", "target", seed, labels, updates, level + spread(14, 18))
    given.random.shuffle(runs)
    return Log({"classes": classes, "runs": runs}, [float(d) for d in (pretrained - scratch).round(2)])


def _standardised(given: Any, count: int) -> np.ndarray:
    """So many numbers with mean 0 and standard deviation 1."""
    if count == 1:
        return np.zeros(1)
    z = np.array([given.random.gauss(0, 1) for _ in range(count)])
    return (z - z.mean()) / z.std(ddof=1)


def _symmetric(given: Any, count: int) -> np.ndarray:
    """Likewise, and for each number there is its negative."""
    if count == 1:
        return np.zeros(1)
    half = np.array([given.random.uniform(0.4, 1.0) for _ in range(count // 2)])
    z = np.concatenate([half, -half, np.zeros(count % 2)])
    given.random.shuffle(z)
    return z / z.std(ddof=1)


def as_gaps(values: Any) -> str:
    """Gaps in words."""
    return ", ".join(f"{v:+.2f}" for v in values)


def drawn(title: str) -> View:
    """Gaps of several logs, as bars."""

    def draws(observed: Any, expected: Any) -> dict[str, Any]:
        names = [f"log {i + 1}" for i in range(len(expected))]
        return plots.bars(title, names, [float(v) for v in observed], [float(v) for v in expected], ylabel="points")

    return View(as_gaps, draws)


@hidden_test(weight=3, says="Which runs differ in nothing but the start? What is subtracted from what?")
def test_the_gap_is_over_pairs(student, given, expect):
    """The gap is the mean difference of runs on the target with one seed and one budget"""
    gaps, truth = [], []
    for pairs in (2, 5, 8):
        for shift in (-6.0, 5.0):
            log = log_of(given, shift, pairs, lone=given.integer(1, 4), symmetric=False)
            gaps.append(student.negative_transfer(copy.deepcopy(log.results))["gap"])
            truth.append(float(np.mean(log.differences)))
    expect(gaps, "the gaps of six logs", equals=truth, atol=1e-6, view=drawn("Gap"))


@hidden_test(weight=2, says="How uncertain is the mean of so few differences, if the seed drops out of them?")
def test_the_interval_is_that_of_the_mean(student, given, expect):
    """The interval is a 95 % interval of the mean difference, for few seeds"""
    lengths = []
    for pairs in (6, 7, 6, 7):
        log = log_of(given, given.choice([-4.0, -1.0, 2.0]), pairs)
        found = student.negative_transfer(log.results)
        low, high = (float(end) for end in found["ci"])
        gap = float(np.mean(log.differences))
        expect(float(found["gap"]), f"the gap of {pairs} pairs", equals=gap, atol=1e-6)
        expect.that(low < gap < high, f"the interval of {pairs} pairs has the gap inside")
        half = stats.t.ppf(0.975, pairs - 1) * np.std(log.differences, ddof=1) / pairs**0.5
        lengths.append((high - low) / (2 * half))
    formula = abs(lengths[0] - lengths[2]) < SAME and abs(lengths[1] - lengths[3]) < SAME
    shortest, longest = (1 - FORMULA, 1 + FORMULA) if formula else (SHORTEST, LONGEST)
    expect.that(float(np.mean(lengths)) > shortest, "the intervals are long enough for so few seeds")
    expect.that(float(np.mean(lengths)) < longest, "the intervals are no longer than they have to be")


@hidden_test(weight=3, says="On which side of zero is the whole interval, and what does that say of the source?")
def test_the_verdict_follows_from_the_interval(student, given, expect):
    """Harm, help and no answer are told apart"""
    kinds = ["negative", "positive", "inconclusive"] * 4
    given.random.shuffle(kinds)
    said = []
    for kind in kinds:
        # In standard errors: far beyond the end of every interval, or well inside it and not zero.
        shift = {"negative": -9.0, "positive": 9.0, "inconclusive": given.choice([-0.6, 0.6])}[kind]
        log = log_of(given, shift, given.integer(5, 8))
        said.append(str(student.negative_transfer(log.results)["verdict"])[:20])
    hits = [sum(s == k == kind for s, k in zip(said, kinds, strict=True)) for kind in sorted(set(kinds))]
    bars = plots.bars("Logs with the right verdict", sorted(set(kinds)), hits, [4, 4, 4], ylabel="logs")
    expect(said, "the verdicts on twelve logs", equals=kinds, view=View(draws=lambda *_: bars))


@hidden_test(
    weight=2, says="Which two runs of this log could be subtracted from each other, and how many such pairs are there?"
)
def test_what_cannot_be_compared(student, given, expect):
    """One seed, or no budget that both starts share, compares nothing"""
    logs = [
        ("one pair", log_of(given, given.choice([-7.0, 7.0]), 1)),
        ("budgets that differ", log_of(given, -3.0, 6, shared_budget=False)),
        ("two pairs", log_of(given, given.choice([-6.0, 6.0]), 2)),
    ]
    without = log_of(given, -5.0, 6)
    without.results["runs"] = [run for run in without.results["runs"] if run["start"] == "pretrained"]
    logs.append(("no run from scratch", without))
    given.random.shuffle(logs)
    for words, log in logs:
        found = student.negative_transfer(log.results)
        if words == "two pairs":
            gap = float(np.mean(log.differences))
            expect(found["gap"], "the gap of a log with two pairs", equals=gap, atol=1e-6)
        else:
            expect(found["gap"], f"the gap of a log with {words}", equals=None)
            expect(found["ci"], f"the interval of a log with {words}", equals=None)
            expect(found["verdict"], f"the verdict on a log with {words}", equals="not comparable")


@hidden_test(weight=1, says="What does your function do to the log that it is given?")
def test_the_log_stays(student, given, expect):
    """The log is as it was, and a second call gives the same"""
    log = log_of(given, -4.0, 7)
    kept = student.tools.log_kept.kept(copy.deepcopy(log.results))
    gaps = [student.negative_transfer(kept)["gap"] for _ in range(2)]
    expect(gaps, "the gap, asked twice", equals=[float(np.mean(log.differences))] * 2, atol=1e-6)
    expect(student.tools.log_now(kept), "the log afterwards", equals=log.results)
