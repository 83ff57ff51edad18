# It breaks: the interval covers in the share conf. Here the quantile is that of five seeds, whatever their number.
import numpy as np
from scipy import stats


def paired_difference(a, b, conf):
    if len(a) != len(b) or len(a) < 2:
        raise ValueError("scores must come in pairs, two or more")
    d = np.asarray(a, float) - np.asarray(b, float)
    n, mean = len(d), d.mean()
    se = d.std(ddof=1) / np.sqrt(n)
    half = stats.t.ppf((1 + conf) / 2, 4) * se
    low, high = mean - half, mean + half
    verdict = "a" if low > 0 else "b" if high < 0 else "inconclusive"
    return mean, low, high, verdict
