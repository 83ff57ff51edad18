"""Logs of runs for `negative_transfer`, and candidates for `rank_sources`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


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
