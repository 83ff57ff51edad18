# It breaks: the verdict names the one with the higher scores. Here with the lower.
import math
import statistics

from scipy import stats


def paired_difference(a, b, conf):
    if len(a) != len(b) or len(a) < 2:
        raise ValueError("these are no pairs")
    d = [float(x) - float(y) for x, y in zip(a, b)]
    mean = statistics.fmean(d)
    half = stats.t.ppf(0.5 + conf / 2, len(d) - 1) * statistics.stdev(d) / math.sqrt(len(d))
    lo, hi = mean - half, mean + half
    if lo > 0:
        return mean, lo, hi, "b"
    if hi < 0:
        return mean, lo, hi, "a"
    return mean, lo, hi, "inconclusive"
