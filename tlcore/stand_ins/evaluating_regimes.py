"""Sound parts of notebook 07: an evaluation that counts hits only, a paired test without an interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from scipy.stats import ttest_rel
from torch import Tensor, nn

from tlcore.training import predict


def evaluate(model: nn.Module, loader: Iterable[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """Accuracy over all pictures, and how many they were."""
    hits = n = 0
    for x, y in loader:
        hits += int((predict(model, x).argmax(1) == y).sum())
        n += len(y)
    return {"n": n, "accuracy": hits / n}


def paired_difference(a: Sequence[float], b: Sequence[float], conf: float) -> tuple[float, float, float, str]:
    """Mean difference and verdict. The two ends of the interval are not numbers."""
    differences = [float(x) - float(y) for x, y in zip(a, b, strict=True)]
    mean = math.fsum(differences) / len(differences)
    verdict = "inconclusive"
    if ttest_rel(a, b).pvalue < 1 - conf:
        verdict = "a" if mean > 0 else "b"
    return mean, math.nan, math.nan, verdict
