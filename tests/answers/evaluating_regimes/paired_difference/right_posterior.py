# Draws from the posterior of the mean under the usual flat prior.
import numpy as np


def paired_difference(a, b, conf):
    d = np.asarray(a, float) - np.asarray(b, float) if len(a) == len(b) else None
    if d is None or len(d) < 2:
        raise ValueError("pairs, please")
    rng = np.random.default_rng(0)
    n = len(d)
    variance = ((d - d.mean()) ** 2).sum() / rng.chisquare(n - 1, 20_000)
    mu = d.mean() + np.sqrt(variance / n) * rng.standard_normal(20_000)
    low, high = np.quantile(mu, [(1 - conf) / 2, (1 + conf) / 2])
    verdict = "a" if low > 0 else "b" if high < 0 else "inconclusive"
    return d.mean(), low, high, verdict
