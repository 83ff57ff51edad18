"""Accuracy by the number of labels, drawn so that nothing but the number of labels differs."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from tlcore.reference.evaluating_regimes.paired_difference import paired_difference


def data_efficiency(
    sizes: Sequence[int], seeds: Sequence[int], regimes: Mapping[str, Any], data: Any
) -> dict[str, Any]:
    """Scores of every regime by labels per class, and the sizes between which the second overtakes the first."""
    # 1. which rows may be trained on? sort them by class
    # 2. for each seed: an order of the rows of each class; the first n of each class are the draw of size n
    # 3. every regime gets the same draw, the same number of steps and the same seed
    # 4. who leads at each size, by an interval at 95 %? the crossover
    ### BEGIN SOLUTION
    tested = {data.plants[row] for row in data.test}
    by_class: dict[int, list[int]] = {}
    for row, label in enumerate(data.labels):
        if data.plants[row] not in tested:
            by_class.setdefault(label, []).append(row)
    curves: dict[str, dict[int, list[float]]] = {name: {n: [] for n in sizes} for name in regimes}
    for seed in seeds:
        orders = [random.Random(seed).sample(rows, len(rows)) for rows in by_class.values()]
        for n in sizes:
            draw = [row for order in orders for row in order[:n]]
            for name, fit in regimes.items():
                curves[name][n].append(fit(draw, data.steps, seed))
    first, second = list(curves.values())[:2]
    leader = {n: paired_difference(first[n], second[n], 0.95)[3] for n in sizes}
    high = next((n for n in sizes if leader[n] == "b"), None)
    below = [n for n in sizes if high is not None and n < high and leader[n] == "a"]
    return {"curves": curves, "crossover": (below[-1], high) if below else None}
    ### END SOLUTION
