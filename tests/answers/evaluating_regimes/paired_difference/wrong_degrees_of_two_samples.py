# It breaks: the share conf covers the truth. Here the t quantile has 2n - 2 degrees of freedom.
import numpy as np
from scipy import stats


def paired_difference(a, b, conf):
    if len(a) != len(b) or len(a) < 2:
        raise ValueError("pairs are needed")
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    mean = d.mean()
    half = stats.t.ppf((1 + conf) / 2, 2 * len(d) - 2) * d.std(ddof=1) / np.sqrt(len(d))
    low, high = mean - half, mean + half
    verdict = "a" if low > 0 else "b" if high < 0 else "inconclusive"
    return mean, low, high, verdict
