# The standard library, and the quantiles from a table.
from math import sqrt
from statistics import mean, stdev

T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145]


def negative_transfer(results):
    by_key = {}
    for run in results["runs"]:
        if run["tested_on"] == "target":
            by_key.setdefault((run["seed"], run["labels"], run["updates"]), {})[run["start"]] = run["accuracy"]
    d = [both["pretrained"] - both["scratch"] for both in by_key.values() if len(both) == 2]
    if len(d) < 2:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    half = (T[len(d) - 2] if len(d) < 16 else 2.1) * stdev(d) / sqrt(len(d))
    gap = mean(d)
    verdict = ("negative", "inconclusive", "positive")[(gap > -half) + (gap > half)]
    return {"gap": gap, "ci": (gap - half, gap + half), "verdict": verdict}
