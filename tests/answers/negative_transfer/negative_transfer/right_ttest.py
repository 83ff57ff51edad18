# scipy's paired t-test gives the interval; pairs are found with two loops.
from scipy.stats import ttest_rel


def negative_transfer(results):
    on_target = [r for r in results["runs"] if r["tested_on"] == "target"]
    a, b = [], []
    for mine in on_target:
        for other in on_target:
            same = all(mine[k] == other[k] for k in ("seed", "labels", "updates"))
            if same and mine["start"] == "pretrained" and other["start"] == "scratch":
                a.append(mine["accuracy"])
                b.append(other["accuracy"])
    if len(a) < 2:
        return dict(gap=None, ci=None, verdict="not comparable")
    low, high = ttest_rel(a, b).confidence_interval(0.95)
    gap = sum(a) / len(a) - sum(b) / len(b)
    return dict(gap=gap, ci=[low, high], verdict="negative" if high < 0 else "positive" if low > 0 else "inconclusive")
