"""A comparison in which every regime has the same chances, and the test decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from tlcore.reference.evaluating_regimes.evaluate import evaluate


def compare(regimes: Mapping[str, Any], data: Any, budget: Any) -> dict[str, dict[str, Any]]:
    """For each regime its chosen rate, the validation accuracy of that, and a test accuracy for each seed."""
    # 1. refuse a comparison without its controls
    # 2. one run: as many steps as give every regime the same number of pictures
    # 3. for every regime and every rate: the mean validation accuracy over the tuning seeds; keep the best rate
    # 4. when all rates are chosen: for every regime and every seed one run, and one look at the test
    ### BEGIN SOLUTION
    missing = {"scratch", "random frozen"} - set(regimes)
    if missing:
        raise ValueError(f"a comparison needs its controls, and has no {', '.join(sorted(missing))}")

    def run(name: str, rate: float, seed: int) -> Any:
        size = regimes[name].batch_size
        return regimes[name].fit(data.train(size, budget.examples // size, seed), rate, seed)

    table: dict[str, dict[str, Any]] = {}
    for name in regimes:
        val = {
            rate: fmean(evaluate(run(name, rate, seed), data.val())["accuracy"] for seed in budget.tuning_seeds)
            for rate in budget.rates
        }
        best = max(val, key=lambda rate: val[rate])
        trials = len(budget.rates) * len(budget.tuning_seeds)
        table[name] = {"rate": best, "val": val[best], "trials": trials, "examples": budget.examples}
    for name, row in table.items():
        row["test"] = [evaluate(run(name, row["rate"], seed), data.test())["accuracy"] for seed in budget.seeds]
    return table
    ### END SOLUTION
