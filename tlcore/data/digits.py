"""Digits twice over: drawn by a program (the source), and written by people (the target). Both are 1x8x8."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from tlcore.data.sets import ImageSet

NAMES = tuple("0123456789")

# Each digit as pen strokes; a stroke is a list of (x, y) points, x to the right, y downwards, both 0 to 1.
_STROKES: dict[int, list[list[tuple[float, float]]]] = {
    0: [[(0.5, 0), (0.85, 0.2), (0.85, 0.8), (0.5, 1), (0.15, 0.8), (0.15, 0.2), (0.5, 0)]],
    1: [[(0.3, 0.2), (0.55, 0), (0.55, 1)]],
    2: [[(0.15, 0.2), (0.5, 0), (0.85, 0.25), (0.15, 1), (0.9, 1)]],
    3: [[(0.15, 0.1), (0.6, 0), (0.8, 0.25), (0.45, 0.48), (0.85, 0.75), (0.5, 1), (0.15, 0.9)]],
    4: [[(0.6, 0), (0.1, 0.65), (0.9, 0.65)], [(0.65, 0.35), (0.65, 1)]],
    5: [[(0.85, 0), (0.25, 0), (0.2, 0.45), (0.65, 0.42), (0.85, 0.7), (0.55, 1), (0.15, 0.92)]],
    6: [[(0.7, 0), (0.25, 0.4), (0.2, 0.8), (0.5, 1), (0.8, 0.78), (0.5, 0.55), (0.22, 0.72)]],
    7: [[(0.1, 0), (0.9, 0), (0.45, 1)], [(0.3, 0.5), (0.75, 0.5)]],
    8: [
        [
            (0.5, 0.47),
            (0.2, 0.22),
            (0.5, 0),
            (0.8, 0.22),
            (0.5, 0.47),
            (0.15, 0.77),
            (0.5, 1),
            (0.85, 0.77),
            (0.5, 0.47),
        ]
    ],
    9: [[(0.78, 0.3), (0.5, 0.48), (0.2, 0.25), (0.5, 0), (0.78, 0.25), (0.75, 0.65), (0.5, 1)]],
}


def stroke_digits(n: int = 500, seed: int = 0) -> ImageSet:
    """`n` drawn digits, classes in equal parts (as far as n allows), each with its own slant, size and pen.

    Returns an ImageSet with images (n, 1, 8, 8); every digit is a group of its own.
    """
    if n < 1:
        raise ValueError("n must be at least 1")
    rng = np.random.default_rng([seed, 10])
    labels = rng.permutation(np.arange(n) % 10)
    images = np.empty((n, 1, 8, 8))
    for digit in range(10):
        rows = np.flatnonzero(labels == digit)
        images[rows, 0] = _draw(_STROKES[digit], len(rows), rng)
    return ImageSet(
        images=torch.from_numpy(images.astype(np.float32)),
        labels=torch.from_numpy(labels.astype(np.int64)),
        names=NAMES,
        groups=torch.arange(n),
    )


def real_digits(split: str = "train", seed: int = 0) -> ImageSet:
    """Handwritten digits (scikit-learn's copy of the UCI optical digits, 1,797 pictures), 60 % train and 40 % test.

    Args:
        split: "train" (1,078 pictures) or "test" (719); classes are in the same proportions in both.
        seed: decides which picture goes where. Use one seed for both splits, or they overlap.

    Returns:
        An ImageSet with images (N, 1, 8, 8); a group is a row number of the original file, so that overlap can be
        checked. The file does not say who wrote what.
    """
    if split not in ("train", "test"):
        raise ValueError(f"unknown split {split!r}: use 'train' or 'test'")
    pixels, labels = _uci_digits()
    rng = np.random.default_rng([seed, 11])
    rows = []
    for digit in range(10):
        mine = rng.permutation(np.flatnonzero(labels == digit))
        cut = round(0.6 * len(mine))
        rows.append(mine[:cut] if split == "train" else mine[cut:])
    chosen = rng.permutation(np.concatenate(rows))
    return ImageSet(
        images=torch.from_numpy(pixels[chosen]),
        labels=torch.from_numpy(labels[chosen]),
        names=NAMES,
        groups=torch.from_numpy(chosen),
    )


@cache
def _uci_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return (bunch.images[:, None] / 16).astype(np.float32), bunch.target.astype(np.int64)


def _draw(strokes: list[list[tuple[float, float]]], n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 8, 8) pictures of one digit: the points shaken, an affine map, then ink by distance from the strokes."""
    axis = (np.arange(16) + 0.5) / 16  # twice the final resolution, averaged at the end
    y, x = np.meshgrid(axis, axis, indexing="ij")
    turn, slant = rng.normal(0, 0.09, n), rng.normal(0.08, 0.16, n)
    width, height = rng.uniform(0.45, 0.78, n), rng.uniform(0.78, 0.95, n)
    pen = rng.uniform(0.045, 0.085, n)
    shift = rng.normal(0, 0.03, (n, 2))
    nearest = np.full((n, 16, 16), np.inf)
    for stroke in strokes:
        points = np.array(stroke)[None] - 0.5 + rng.normal(0, 0.035, (n, len(stroke), 2))
        px = points[:, :, 0] * width[:, None] - slant[:, None] * points[:, :, 1]
        py = points[:, :, 1] * height[:, None]
        cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
        px, py = cos * px - sin * py + 0.5 + shift[:, :1], sin * px + cos * py + 0.5 + shift[:, 1:]
        for k in range(len(stroke) - 1):
            start = np.stack([px[:, k], py[:, k]], 1)[:, :, None, None]
            end = np.stack([px[:, k + 1], py[:, k + 1]], 1)[:, :, None, None]
            nearest = np.minimum(nearest, _distance(x, y, start, end))
    ink = 1 / (1 + np.exp(np.clip((nearest - pen[:, None, None]) / 0.02, -30, 30)))
    small = ink.reshape(n, 8, 2, 8, 2).mean((2, 4))
    return np.clip(small * rng.uniform(0.9, 1.15, (n, 1, 1)), 0, 1)


def _distance(
    x: NDArray[np.float64], y: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distance of every pixel from a line segment; start and end are (n, 2, 1, 1)."""
    dx, dy = end[:, 0] - start[:, 0], end[:, 1] - start[:, 1]
    t = ((x - start[:, 0]) * dx + (y - start[:, 1]) * dy) / (dx**2 + dy**2 + 1e-12)
    t = np.clip(t, 0, 1)
    return np.hypot(x - start[:, 0] - t * dx, y - start[:, 1] - t * dy)
