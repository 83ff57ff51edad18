# All trials first, in a random order; a data frame of the trials; accuracy by the project's own function.
import itertools
import random

import pandas as pd


def compare(regimes, data, budget):
    if not {"scratch", "random frozen"}.issubset(regimes.keys()):
        raise ValueError("what does it mean to be good, without scratch and random frozen?")
    trials = list(itertools.product(regimes, budget.rates, budget.tuning_seeds))
    random.Random(0).shuffle(trials)

    def trained(name, rate, seed):
        r = regimes[name]
        return r.fit(data.train(r.batch_size, budget.examples // r.batch_size, seed), rate, seed)

    def right(model, batches):
        hits = [(model.eval()(x).argmax(1) == y) for x, y in batches]
        return sum(int(h.sum()) for h in hits) / sum(len(h) for h in hits)

    log = pd.DataFrame(
        [(name, rate, right(trained(name, rate, seed), data.val())) for name, rate, seed in trials],
        columns=["regime", "rate", "accuracy"],
    )
    means = log.groupby(["regime", "rate"]).accuracy.mean()
    table = {}
    test = data.test()
    for name in regimes:
        rate = float(means[name].idxmax())
        table[name] = {
            "test": [right(trained(name, rate, seed), test) for seed in budget.seeds],
            "rate": rate,
            "val": float(means[name].max()),
            "trials": len(log[log.regime == name]),
            "examples": budget.examples,
        }
    return table
