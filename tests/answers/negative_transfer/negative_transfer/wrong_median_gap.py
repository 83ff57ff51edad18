# The gap is the mean: here it is the median.
import numpy as np
from scipy.stats import t


def pairs(runs, keys=("seed", "labels", "updates"), target=True):
    scores = {"pretrained": {}, "scratch": {}}
    for run in runs:
        if run["tested_on"] == "target" or not target:
            scores[run["start"]][tuple(run[k] for k in keys)] = run["accuracy"]
    a, b = scores.values()
    return np.array([a[key] - b[key] for key in sorted(a.keys() & b.keys())])


def negative_transfer(results):
    d = pairs(results["runs"])
    if len(d) < 2:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    half = t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / len(d) ** 0.5
    gap = float(np.median(d))
    verdict = "negative" if gap + half < 0 else "positive" if gap - half > 0 else "inconclusive"
    return {"gap": gap, "ci": (gap - half, gap + half), "verdict": verdict}
