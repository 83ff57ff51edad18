# SciPy's paired test has the interval.
from scipy.stats import ttest_rel


def paired_difference(a, b, conf):
    if len(a) != len(b):
        raise ValueError("not the same seeds")
    if len(a) <= 1:
        raise ValueError("one seed shows no spread")
    found = ttest_rel(a, b).confidence_interval(confidence_level=conf)
    lo, hi = found.low, found.high
    verdict = "inconclusive"
    if lo > 0:
        verdict = "a"
    elif hi < 0:
        verdict = "b"
    return (lo + hi) / 2, lo, hi, verdict
