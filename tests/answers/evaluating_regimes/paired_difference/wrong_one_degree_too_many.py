# It breaks: the interval covers in the share conf. Here it is too long, for one degree of freedom whatever n is.
import math
import statistics

from scipy import stats


def paired_difference(a, b, conf):
    if len(a) != len(b) or len(a) < 2:
        raise ValueError("these are no pairs")
    d = [float(x) - float(y) for x, y in zip(a, b)]
    mean = statistics.fmean(d)
    half = stats.t.ppf(0.5 + conf / 2, 1) * statistics.stdev(d) / math.sqrt(len(d))
    lo, hi = mean - half, mean + half
    if lo > 0:
        return mean, lo, hi, "a"
    if hi < 0:
        return mean, lo, hi, "b"
    return mean, lo, hi, "inconclusive"
