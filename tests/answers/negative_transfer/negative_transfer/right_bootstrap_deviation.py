# The deviation of the mean by a bootstrap, corrected for few seeds, times the quantile of t.
import numpy as np
from scipy import stats


def negative_transfer(results):
    target = [run for run in results["runs"] if run["tested_on"] == "target"]
    key = lambda run: (run["seed"], run["labels"], run["updates"])
    before = {key(run): run["accuracy"] for run in target if run["start"] == "scratch"}
    d = np.array([run["accuracy"] - before[key(run)] for run in target if run["start"] == "pretrained" and key(run) in before])
    n = len(d)
    if n < 2:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    drawn = np.random.default_rng(0).choice(d, (20_000, n)).mean(1)
    error = drawn.std() * np.sqrt(n / (n - 1))
    low, high = d.mean() + np.array([-1, 1]) * stats.t.ppf(0.975, n - 1) * error
    verdict = ["inconclusive", "positive", "negative"][int(low > 0) + 2 * int(high < 0)]
    return {"gap": d.mean(), "ci": (low, high), "verdict": verdict}
