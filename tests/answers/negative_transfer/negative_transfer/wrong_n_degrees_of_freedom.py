# Breaks: a 95 % interval that is right for few seeds; the quantile has n degrees of freedom.
import numpy as np
from scipy import stats


def negative_transfer(results):
    arms = {"pretrained": {}, "scratch": {}}
    for run in results["runs"]:
        if run["tested_on"] == "target":
            arms[run["start"]][run["seed"], run["labels"], run["updates"]] = run["accuracy"]
    a, b = arms["pretrained"], arms["scratch"]
    d = np.array([a[k] - b[k] for k in a if k in b])
    if len(d) < 2:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    half = stats.t.ppf(0.975, len(d)) * d.std(ddof=1) / np.sqrt(len(d))
    low, high = d.mean() - half, d.mean() + half
    verdict = "negative" if high < 0 else "positive" if low > 0 else "inconclusive"
    return {"gap": float(d.mean()), "ci": (float(low), float(high)), "verdict": verdict}
