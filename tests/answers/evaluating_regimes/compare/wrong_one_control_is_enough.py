# It breaks: a ValueError if either control is missing. Here only if both are.
from statistics import fmean
from typing import Any


def compare(regimes, data, budget):
    if not {"scratch", "random frozen"} & set(regimes):
        raise ValueError("both controls are needed")

    def run(name, lr, seed):
        regime = regimes[name]
        steps = budget.examples // regime.batch_size
        return regime.fit(data.train(regime.batch_size, steps, seed), lr, seed)

    table = {}
    for name in regimes:
        means = {
            lr: fmean(evaluate(run(name, lr, seed), data.val())["accuracy"] for seed in budget.tuning_seeds)
            for lr in budget.rates
        }
        best = max(means, key=means.get)
        table[name] = {"rate": best, "val": means[best], "trials": len(budget.rates) * len(budget.tuning_seeds), "examples": budget.examples}
    for name in regimes:
        table[name]["test"] = [evaluate(run(name, table[name]["rate"], seed), data.test())["accuracy"] for seed in budget.seeds]
    return table
