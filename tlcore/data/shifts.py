"""Generated cases of a source and a target whose kind of shift is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHIFTS = ("none", "covariate", "label", "concept")
"""No shift; P(x) changed and P(y|x) not; P(y) changed and P(x|y) not; P(y|x) changed and P(x) not."""
Rows = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class ShiftCase:
    """One case: a labelled source, and a target whose labels only the truth knows."""

    kind: str
    """One of `SHIFTS`."""
    x: Rows
    """(N, D) source rows."""
    y: Labels
    """(N,) their classes."""
    target_x: Rows
    """(M, D) target rows, in random order: the first are as good as any."""
    target_y: Labels
    """(M,) their classes."""


def shift_case(
    kind: str,
    strength: float = 0.75,
    seed: int | np.random.Generator = 0,
    rows: tuple[int, int] = (500, 500),
    classes: int = 3,
    dimensions: int = 5,
) -> ShiftCase:
    """Gaussian clouds, one for each class.

    Args:
        kind: one of `SHIFTS`. "covariate": rows are drawn again with weights that depend on x alone. "label": one
            class becomes more frequent. "concept": in one half of the space, labels are exchanged.
        strength: 0 to 1, how far the target is from the source.
        seed: a seed, or a generator to go on with.
        rows: how many of the source and of the target.
        classes: how many, evenly frequent in the source.
        dimensions: of x.
    """
    if kind not in SHIFTS:
        raise ValueError(f"unknown kind {kind!r}: use one of {', '.join(map(repr, SHIFTS))}")
    rng = np.random.default_rng(seed)
    n, m = rows
    centres = rng.normal(0, 1, (classes, dimensions))
    even = np.full(classes, 1 / classes)
    x, y = _sample(centres, even, n, rng)
    proportions = even
    if kind == "label":
        favoured = np.eye(classes)[rng.integers(classes)]
        proportions = (1 - strength) * even + strength * favoured
    tx, ty = _sample(centres, proportions, m * (10 if kind == "covariate" else 1), rng)
    if kind == "covariate":
        # Drawn again with weights that depend on x alone: P(y|x) stays exactly as it was.
        direction = rng.normal(size=dimensions)
        along = tx @ direction / np.linalg.norm(direction)
        weights = np.exp(2 * strength * along)
        again = rng.choice(len(tx), m, replace=False, p=weights / weights.sum())
        tx, ty = tx[again], ty[again]
    if kind == "concept":
        direction = rng.normal(size=dimensions)
        along = tx @ direction
        exchanged = (along > np.median(along)) & (rng.random(m) < strength)
        ty = np.where(exchanged, (ty + 1) % classes, ty)
    return ShiftCase(kind, x, y, tx, ty)


def _sample(centres: Rows, proportions: Rows, n: int, rng: np.random.Generator) -> tuple[Rows, Labels]:
    y = rng.choice(len(centres), n, p=proportions)
    return centres[y] + rng.normal(0, 1, (n, centres.shape[1])), y
