# Tensors of rows; all draws made before the first run; SciPy for the interval.
import torch
from scipy.stats import ttest_rel


def data_efficiency(sizes, seeds, regimes, data):
    labels = torch.tensor(data.labels)
    used = {data.plants[int(row)] for row in data.test}
    free = torch.tensor([plant not in used for plant in data.plants])
    draws = {}
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        shuffled = torch.randperm(len(labels), generator=generator)
        shuffled = shuffled[free[shuffled]]
        for n in sizes:
            draws[n, seed] = torch.cat([shuffled[labels[shuffled] == c][:n] for c in labels.unique()])
    curves = {
        name: {n: [fit(draws[n, seed], data.steps, seed) for seed in seeds] for n in sizes}
        for name, fit in regimes.items()
    }

    def leader(n):
        names = list(curves)
        found = ttest_rel(curves[names[0]][n], curves[names[1]][n]).confidence_interval(0.95)
        return 1 if found.low > 0 else 2 if found.high < 0 else 0

    seconds = [n for n in sizes if leader(n) == 2]
    firsts = [n for n in sizes if leader(n) == 1 and seconds and n < min(seconds)]
    return {"curves": curves, "crossover": (max(firsts), min(seconds)) if firsts else None}
