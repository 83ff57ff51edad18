# The percentile bootstrap with Hesterberg's correction for few differences (2015, "expanded percentile").
import numpy as np
from scipy.stats import norm, t


def paired_difference(a, b, conf):
    if len(a) != len(b) or len(a) < 2:
        raise ValueError("give one score of each for every seed, two seeds at least")
    d = np.subtract(a, b)
    n = len(d)
    tail = norm.cdf((n / (n - 1)) ** 0.5 * t.ppf((1 - conf) / 2, n - 1))
    means = np.random.default_rng(1).choice(d, (1500, n)).mean(axis=1)
    lo, hi = np.quantile(means, [tail, 1 - tail])
    return float(np.mean(d)), float(lo), float(hi), "a" if lo > 0 else "b" if hi < 0 else "inconclusive"
