# 1,000 resamples a call in plain Python, with the scale of t: slow, and right.
import random
from statistics import fmean, stdev

from scipy.stats import norm, t


def paired_difference(a, b, conf):
    if len(a) != len(b) or len(a) < 2:
        raise ValueError("not paired")
    d = [float(x) - float(y) for x, y in zip(a, b)]
    n, mean = len(d), fmean(d)
    rng = random.Random(0)
    means = sorted(fmean(rng.choices(d, k=n)) for _ in range(1000))
    # resampled means are too narrow by sqrt((n - 1) / n), and their quantiles are those of a normal distribution
    spread = stdev(means) * (n / (n - 1)) ** 0.5
    half = t.ppf((1 + conf) / 2, n - 1) * spread
    low, high = mean - half, mean + half
    return mean, low, high, "a" if low > 0 else "b" if high < 0 else "inconclusive"
