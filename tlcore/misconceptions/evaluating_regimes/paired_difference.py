"""Wrong ideas about `paired_difference`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from tlcore.misconceptions.registry import misconception

Result = tuple[float, float, float, str]
Scores = Sequence[float]


def _pairs(a: Scores, b: Scores, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    if len(a) != len(b) or len(a) < least:
        raise ValueError("no pairs")
    return np.asarray(a, dtype=float), np.asarray(b, dtype=float)


def _result(mean: float, half: float) -> Result:
    low, high = mean - half, mean + half
    return float(mean), float(low), float(high), "a" if low > 0 else "b" if high < 0 else "inconclusive"


def _t(conf: float, freedom: float) -> float:
    return float(stats.t.ppf((1 + conf) / 2, freedom))


def _error(d: np.ndarray) -> float:
    return float(d.std(ddof=1) / len(d) ** 0.5)


@misconception(asks="What could a single seed tell about how much seeds differ?")
def one_seed_is_enough(a: Scores, b: Scores, conf: float) -> Result:
    """A single pair gets an interval of no length, and with it a verdict."""
    x, y = _pairs(a, b, least=1)
    d = x - y
    return _result(d.mean(), _t(conf, len(d) - 1) * _error(d) if len(d) > 1 else 0.0)


@misconception(asks="A lucky seed lifts both regimes. What becomes of that luck if each regime has its own error?")
def pairs_ignored(a: Scores, b: Scores, conf: float) -> Result:
    """Two independent samples: what the seed does to both counts as noise."""
    x, y = _pairs(a, b)
    return _result(x.mean() - y.mean(), _t(conf, 2 * len(x) - 2) * (_error(x) ** 2 + _error(y) ** 2) ** 0.5)


@misconception(asks="What gets smaller with more seeds: the spread of the scores, or the uncertainty of their mean?")
def deviation_for_error(a: Scores, b: Scores, conf: float) -> Result:
    """The standard deviation stands where the standard error of the mean belongs."""
    x, y = _pairs(a, b)
    d = x - y
    return _result(d.mean(), _t(conf, len(d) - 1) * d.std(ddof=1))


@misconception(asks="If each regime may show its best seed, which regime gains: the better one, or the noisier one?")
def best_of_seeds(a: Scores, b: Scores, conf: float) -> Result:
    """The best seed of one is compared with the best seed of the other."""
    x, y = _pairs(a, b)
    d = x - y
    return _result(x.max() - y.max(), _t(conf, len(d) - 1) * _error(d))


@misconception(asks="The deviation was itself estimated, from five numbers. Which distribution allows for that?")
def normal_quantile(a: Scores, b: Scores, conf: float) -> Result:
    """The quantile of the normal distribution, as if the deviation were known."""
    x, y = _pairs(a, b)
    d = x - y
    return _result(d.mean(), float(stats.norm.ppf((1 + conf) / 2)) * _error(d))


@misconception(asks="With 90 % inside, how much lies above the upper end alone?")
def all_error_on_one_side(a: Scores, b: Scores, conf: float) -> Result:
    """The quantile at `conf`, so that twice the intended share lies outside."""
    x, y = _pairs(a, b)
    d = x - y
    return _result(d.mean(), float(stats.t.ppf(conf, len(d) - 1)) * _error(d))


@misconception(asks="Which regime is ahead if you draw the seeds once more? Does the interval leave that open?")
def verdict_by_means(a: Scores, b: Scores, conf: float) -> Result:
    """Whoever has the higher mean is called better, whatever the interval says."""
    x, y = _pairs(a, b)
    mean, low, high, _ = _result((x - y).mean(), _t(conf, len(x) - 1) * _error(x - y))
    return mean, low, high, "a" if mean > 0 else "b"


@misconception(asks="The caller asked for another confidence than 95 %. Where does your interval use it?")
def always_95(a: Scores, b: Scores, conf: float) -> Result:
    """Every interval is one of 95 %."""
    x, y = _pairs(a, b)
    return _result((x - y).mean(), _t(0.95, len(x) - 1) * _error(x - y))
