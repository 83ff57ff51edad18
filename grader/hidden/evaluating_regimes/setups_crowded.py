"""A report for `audit` with several flaws of a kind, beside what comes near to one and is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from grader.hidden.evaluating_regimes.setups import EXAMPLES, Draft, Finding

Report = dict[str, Any]
NEAR = 0.006
"""Thirty times what rounding may change."""


def crowded(given: Any, group: str) -> tuple[Report, list[Finding]]:
    """A report, and the findings of one group that are true of it."""
    report = Draft(given, set(), []).report
    names = list(report["regimes"])
    given.random.shuffle(names)
    return report, PLANT[group](given, report, names[:3])


def _numbers(given: Any, report: Report, names: list[str]) -> list[Finding]:
    """Two regimes with all three flaws. The third has other wrong numbers, which come near."""
    counts = report["test_labels"]
    shares = [count / sum(counts) for count in given.random.sample(counts, 2)]
    found = []
    for name, share in zip(names, shares, strict=False):
        regime = report["regimes"][name]
        regime |= {"accuracy": round(share, 4), "precision": round(share**2, 4)}
        regime["f1"] = round(2 * share**2 / (1 + share), 4)
        regime["score"], regime["error"] = max(regime["scores"]), round(float(np.std(regime["scores"], ddof=1)), 4)
        codes = {"constant_predictor": "precision", "best_of_seeds": "score", "deviation_for_error": "error"}
        found += [(code, f"regimes.{name}.{field}") for code, field in codes.items()]
    last = report["regimes"][names[2]]
    last |= {"accuracy": round(shares[0] + NEAR, 4), "precision": round(shares[0] ** 2 - NEAR, 4)}
    deviation = float(np.std(last["scores"], ddof=1))
    last |= {"score": round(max(last["scores"]) - NEAR, 4), "error": round(deviation - 8 * NEAR, 4)}
    return found


def _budget(given: Any, report: Report, names: list[str]) -> list[Finding]:
    """Two of three regimes got more, not equally much, and chose on the test. The third chose a rate that is best on
    neither part."""
    regimes = [report["regimes"][name] for name in names]
    others = [regime for name, regime in report["regimes"].items() if name not in names]
    trials = given.integer(6, 12)
    for regime, more, times in zip([*regimes, *others], (3, 8, 0, 0), (2, 1.5, 1, 1), strict=False):
        regime["trials"], regime["steps"] = trials + more, int(times * EXAMPLES / regime["batch"])
        one, two, three, _ = given.random.sample(range(4), 4)
        regime["val_by_rate"][one], regime["test_by_rate"][two] = 85.5, 86.5
        regime["rate"] = regime["rates"][two if more else three]
    codes = {"unequal_trials": "trials", "unequal_examples": "steps", "chosen_on_test": "rate"}
    return [(code, f"regimes.{name}.{field}") for name in names[:2] for code, field in codes.items()]


def _data(given: Any, report: Report, names: list[str]) -> list[Finding]:
    """Two plants in both parts, and days that are not in order. The mean that was used comes near that of all rows."""
    plants = report["plants"]
    plants["test"] += plants["train"][:2]
    for part in plants.values():
        given.random.shuffle(part)
    # The first and the last of both lists are as they should be.
    report["task"], report["days"] = "forecast", {"train": [20, 150, 30], "test": [120, 90, 160]}
    rows, light = report["rows"], report["brightness"]
    pooled = (rows["train"] * light["train"] + rows["test"] * light["test"]) / (rows["train"] + rows["test"])
    light["used"] = round(pooled + NEAR, 4)
    return [("shared_plants", "plants.test"), ("future_in_training", "days.train")]


def _claims(given: Any, report: Report, names: list[str]) -> list[Finding]:
    """Claims twice, the wrong way round, and near the smallest and the largest size."""
    first, second, third = (report["regimes"][name] for name in names)
    noise = [given.random.uniform(-0.5, 0.5) for _ in second["scores"]]
    first["scores"] = [round(score - 6 + z, 2) for score, z in zip(second["scores"], noise, strict=True)]
    # Sure enough at 90 %, and not at 95 %: with evenly spaced differences, methods other than t hardly differ.
    n = len(second["scores"])
    t90, t95 = stats.t.ppf([0.95, 0.975], n - 1)
    spread = np.linspace(-2, 2, n)
    gap = (0.6 * t90 + 0.4 * t95) * spread.std(ddof=1) / n**0.5
    third["scores"] = [round(score - float(z + gap), 2) for score, z in zip(second["scores"], spread, strict=True)]
    first["trainable"] = second["trainable"] = given.integer(5000, 6000)
    third["trainable"] = first["trainable"] - 1
    first["merged"] = third["merged"] = False
    sizes = report["sizes"]
    pairs = {"first": names[0], "second": names[1]}
    claims = [
        ({"says": "better", **pairs}, "not_shown"),  # the second is better
        ({"says": "better", "first": names[1], "second": names[0]}, ""),
        ({"says": "better", "first": names[1], "second": names[2]}, "not_shown"),
        ({"says": "fewer_parameters", **pairs}, "not_fewer"),
        ({"says": "fewer_parameters", "first": names[1], "second": names[0]}, "not_fewer"),
        ({"says": "fewer_parameters", "first": names[2], "second": names[0]}, ""),
        ({"says": "good_at", "first": names[0], "labels": min(sizes) - 1}, "beyond_the_data"),
        ({"says": "good_at", "first": names[1], "labels": max(sizes) + 1}, "beyond_the_data"),
        ({"says": "good_at", "first": names[2], "labels": max(sizes) - 1}, ""),
        ({"says": "good_at", "first": names[2], "labels": min(sizes)}, ""),
        ({"says": "faster", "first": names[0]}, "timed_unmerged"),
        ({"says": "faster", "first": names[1]}, ""),
        ({"says": "faster", "first": names[2]}, "timed_unmerged"),
        ({"says": "pretraining_helps", "first": next(name for name in names if name != "scratch")}, ""),
    ]
    given.random.shuffle(claims)
    report["claims"] = [claim for claim, _ in claims]
    return [(code, f"claims.{i}") for i, (_, code) in enumerate(claims) if code]


PLANT: dict[str, Callable[[Any, Report, list[str]], list[Finding]]] = {
    "numbers": _numbers,
    "budget": _budget,
    "data": _data,
    "claims": _claims,
}
