"""Metrics of a confusion matrix."""

from __future__ import annotations

import math
from typing import Any


def read_metrics(confusion: list[list[int]]) -> dict[str, Any]:
    """Accuracy, precision and recall of each class, and the accuracy of the commonest class as the only answer."""
    classes = range(len(confusion))
    # 1. how many pictures in all, how many of each class, how often each class was the answer
    # 2. accuracy, and what always answering the commonest class would get
    # 3. precision and recall of each class; 0 / 0 is math.nan
    ### BEGIN SOLUTION
    total = sum(sum(row) for row in confusion)
    hits = [confusion[k][k] for k in classes]
    there = [sum(confusion[k]) for k in classes]
    answered = [sum(row[k] for row in confusion) for k in classes]
    return {
        "accuracy": sum(hits) / total,
        "precision": [hits[k] / answered[k] if answered[k] else math.nan for k in classes],
        "recall": [hits[k] / there[k] if there[k] else math.nan for k in classes],
        "majority": max(there) / total,
    }
    ### END SOLUTION
