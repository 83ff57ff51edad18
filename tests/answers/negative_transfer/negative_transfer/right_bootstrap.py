# A percentile bootstrap, expanded for few differences (Hesterberg 2015), and tensors.
import numpy as np
import torch
from scipy.stats import norm, t


def partners(runs):
    scratch = {(r["seed"], r["labels"], r["updates"]): r["accuracy"] for r in runs if r["start"] == "scratch"}
    for r in runs:
        key = r["seed"], r["labels"], r["updates"]
        if r["start"] != "scratch" and key in scratch:
            yield r["accuracy"] - scratch[key]


def negative_transfer(results):
    d = torch.tensor(list(partners([r for r in results["runs"] if r["tested_on"] != "source"])), dtype=torch.float64)
    n = len(d)
    if n <= 1:
        return {"verdict": "not comparable", "gap": None, "ci": None}
    tail = norm.cdf((n / (n - 1)) ** 0.5 * t.ppf(0.025, n - 1))
    means = np.random.default_rng(0).choice(d.numpy(), (4000, n)).mean(axis=1)
    low, high = np.quantile(means, [tail, 1 - tail])
    verdict = "inconclusive"
    if np.sign(low) == np.sign(high):
        verdict = "positive" if low > 0 else "negative"
    return {"verdict": verdict, "gap": d.mean(), "ci": torch.tensor([low, high])}
