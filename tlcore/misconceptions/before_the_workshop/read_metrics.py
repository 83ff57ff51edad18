"""Wrong ideas about `read_metrics`."""

from __future__ import annotations

import math
from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.before_the_workshop.read_metrics import read_metrics

Confusion = list[list[int]]


@misconception(asks="Where do you read how many pictures of a class there are: along a row, or down a column?")
def rows_and_columns_swapped(confusion: Confusion) -> dict[str, Any]:
    """Rows are taken for answers and columns for the truth."""
    return read_metrics([list(column) for column in zip(*confusion, strict=True)])


@misconception(
    asks="Of the pictures that were called so, or of the pictures that are so: which of the two is precision?"
)
def names_swapped(confusion: Confusion) -> dict[str, Any]:
    """Precision and recall have each other's values."""
    right = read_metrics(confusion)
    return {**right, "precision": right["recall"], "recall": right["precision"]}


@misconception(asks="Two classes, one with 90 pictures and one with 10. Do they count the same in the accuracy?")
def mean_of_the_recalls(confusion: Confusion) -> dict[str, Any]:
    """Accuracy as the mean over classes: balanced accuracy."""
    right = read_metrics(confusion)
    there = [recall for recall in right["recall"] if not math.isnan(recall)]
    return {**right, "accuracy": sum(there) / len(there)}


@misconception(asks="Does 0 of 0 mean that all was wrong, or that nothing was tried?")
def nothing_of_nothing_is_zero(confusion: Confusion) -> dict[str, Any]:
    """0 / 0 as 0."""
    right = read_metrics(confusion)
    return {
        key: [0.0 if math.isnan(v) else v for v in value] if isinstance(value, list) else value
        for key, value in right.items()
    }


@misconception(asks="Nine of ten pictures are of one class. What would somebody get who always says that class?")
def one_of_the_classes(confusion: Confusion) -> dict[str, Any]:
    """The baseline as 1 / number of classes, as if all classes were alike."""
    return {**read_metrics(confusion), "majority": 1 / len(confusion)}


@misconception(asks="Which class is commonest: the one with most pictures, or the one that was answered most often?")
def commonest_answer(confusion: Confusion) -> dict[str, Any]:
    """The baseline from what the model said instead of what the pictures are."""
    total = sum(map(sum, confusion))
    return {**read_metrics(confusion), "majority": max(map(sum, zip(*confusion, strict=True))) / total}


@misconception(asks="Recall is a share of the pictures of one class. By how many pictures do you divide?")
def divided_by_all_pictures(confusion: Confusion) -> dict[str, Any]:
    """The hits of a class, divided by all pictures."""
    right, total = read_metrics(confusion), sum(map(sum, confusion))
    shares = [row[k] / total for k, row in enumerate(confusion)]
    return {**right, "precision": shares, "recall": shares}
