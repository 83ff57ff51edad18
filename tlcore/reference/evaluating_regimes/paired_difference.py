"""Is the difference between two regimes real? An interval over seeds, and a verdict that may be "inconclusive"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats


def paired_difference(a: Sequence[float], b: Sequence[float], conf: float) -> tuple[float, float, float, str]:
    """Mean difference a - b over paired seeds, the ends of its interval, and "a", "b" or "inconclusive"."""
    # 1. refuse what is no pairing, and fewer than two pairs
    # 2. one difference for each seed; their mean
    # 3. how uncertain is that mean? the interval
    # 4. the verdict: where does zero lie?
    ### BEGIN SOLUTION
    if len(a) != len(b) or len(a) < 2:
        raise ValueError(f"{len(a)} and {len(b)} scores: one of each is needed for each seed, and two seeds at least")
    differences = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    mean = float(differences.mean())
    standard_error = differences.std(ddof=1) / np.sqrt(len(differences))
    half = float(stats.t.ppf((1 + conf) / 2, len(differences) - 1) * standard_error)
    low, high = mean - half, mean + half
    verdict = "a" if low > 0 else "b" if high < 0 else "inconclusive"
    return mean, low, high, verdict
    ### END SOLUTION
