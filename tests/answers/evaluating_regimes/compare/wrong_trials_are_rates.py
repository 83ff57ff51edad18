# It breaks: trials is the number of trials. Here the seeds are forgotten.
from statistics import fmean


def compare(regimes, data, budget):
    if not {"scratch", "random frozen"} <= set(regimes):
        raise ValueError("the controls are missing")

    def run(regime, lr, seed):
        steps = budget.examples // regime.batch_size
        return regime.fit(data.train(regime.batch_size, steps, seed), lr, seed)

    table = {}
    for name, regime in regimes.items():
        means = {}
        for lr in budget.rates:
            means[lr] = fmean(float(evaluate(run(regime, lr, s), data.val())["accuracy"]) for s in budget.tuning_seeds)
        best = max(means, key=means.get)
        table[name] = {
            "rate": best,
            "val": means[best],
            "trials": len(budget.rates),
            "examples": budget.examples,
        }
    for name, regime in regimes.items():
        rate = table[name]["rate"]
        table[name]["test"] = [float(evaluate(run(regime, rate, s), data.test())["accuracy"]) for s in budget.seeds]
    return table
