# All final models are trained before the first of them is tested; seed by seed.
from collections import defaultdict

import numpy as np


def compare(regimes, data, budget):
    if "scratch" not in regimes or "random frozen" not in regimes:
        raise ValueError("the controls are missing")
    steps = {name: budget.examples // regime.batch_size for name, regime in regimes.items()}
    grid = {}
    for name, regime in regimes.items():
        grid[name] = np.zeros((len(budget.rates), len(budget.tuning_seeds)))
        for i, rate in enumerate(budget.rates):
            for j, seed in enumerate(budget.tuning_seeds):
                batches = data.train(regime.batch_size, steps[name], seed)
                grid[name][i, j] = evaluate(regime.fit(batches, lr=rate, seed=seed), data.val())["accuracy"]
    final = defaultdict(list)
    for seed in budget.seeds:
        for name, regime in regimes.items():
            rate = budget.rates[grid[name].mean(1).argmax()]
            final[name].append(regime.fit(data.train(regime.batch_size, steps[name], seed), lr=rate, seed=seed))
    rows = {}
    for name, models in final.items():
        mean = grid[name].mean(1)
        rows[name] = {"rate": budget.rates[mean.argmax()], "val": mean.max(), "trials": mean.size * len(budget.tuning_seeds)}
        rows[name] |= {"examples": budget.examples, "test": [evaluate(m, data.test())["accuracy"] for m in models]}
    return rows
