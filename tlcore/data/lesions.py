"""What each illness looks like on a leaf: ten patterns on the source crop, six others on the target crop.

A pattern is a function of leaf coordinates. `along` runs from -1 (stalk) to 1 (tip); `across` has the same unit and is
0 on the midrib; `edge` is `across` divided by the half width there, so that +-1 is the margin. All three have shape
(N, H, W). A pattern returns how much of each pixel is lesion, (N, H, W) between 0 and 1, and draws from `rng` where it
sits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]
Pattern = Callable[[Field, Field, Field, np.random.Generator], Field]


def _soft(distance: Field, softness: float = 0.05) -> Field:
    """1 where `distance` is well below zero, 0 where well above, a smooth step between."""
    return 1.0 / (1.0 + np.exp(np.clip(distance / softness, -30, 30)))


def _per_leaf(rng: np.random.Generator, like: Field, low: float, high: float) -> Field:
    """One random number a leaf, shaped to broadcast over its pixels."""
    return rng.uniform(low, high, (len(like), 1, 1))


def _around(
    along: Field, across: Field, rng: np.random.Generator, count: int, spread: float = 0.62
) -> list[tuple[Field, Field]]:
    """Offsets of every pixel from `count` random centres on the leaf blade."""
    centres = []
    for _ in range(count):
        a = _per_leaf(rng, along, -spread, spread)
        c = _per_leaf(rng, along, -0.38, 0.38) * np.sqrt(1 - a**2)
        centres.append((along - a, across - c))
    return centres


def _union(parts: list[Field]) -> Field:
    return np.max(np.stack(parts), axis=0)


def spots(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Six small round spots."""
    return _union([_soft(np.hypot(a, c) - 0.12) for a, c in _around(along, across, rng, 6)])


def rings(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Three open rings."""
    return _union([_soft(np.abs(np.hypot(a, c) - 0.22) - 0.055) for a, c in _around(along, across, rng, 3)])


def blotch(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """One large round blotch."""
    return _union([_soft(np.hypot(a, c) - 0.4) for a, c in _around(along, across, rng, 1, 0.45)])


def bullseyes(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Two spots, each inside a ring."""
    parts = []
    for a, c in _around(along, across, rng, 2, 0.5):
        radius = np.hypot(a, c)
        parts += [_soft(radius - 0.1), _soft(np.abs(radius - 0.3) - 0.05)]
    return _union(parts)


def speckle(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Some thirty specks, one pixel each."""
    return (rng.uniform(size=along.shape) < 0.1).astype(np.float64)


def margin_scorch(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """A burnt margin all round."""
    return _soft(_per_leaf(rng, along, 0.62, 0.76) - np.abs(edge), 0.08)


def tip_burn(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Everything towards the tip."""
    return _soft(_per_leaf(rng, along, 0.1, 0.4) - along)


def streaks(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Streaks along the midrib."""
    return _soft(0.35 - np.cos(across * _per_leaf(rng, along, 17, 21) + _per_leaf(rng, along, 0, 6.28)), 0.15)


def bands(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Bands across the leaf."""
    return _soft(0.35 - np.cos(along * _per_leaf(rng, along, 10, 14) + _per_leaf(rng, along, 0, 6.28)), 0.15)


def midrib_rot(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """A broad stripe on the midrib."""
    return _soft(np.abs(across) - _per_leaf(rng, along, 0.1, 0.17))


def chevrons(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """V-shaped bands that follow the side veins."""
    wave = (along - 1.1 * np.abs(across)) * _per_leaf(rng, along, 11, 15)
    return _soft(0.35 - np.cos(wave + _per_leaf(rng, along, 0, 6.28)), 0.15)


def half_leaf(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """One whole side of the midrib."""
    side = np.sign(_per_leaf(rng, along, -1, 1))
    return _soft(0.06 - side * across)


def mosaic(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """A chequered blade."""
    rate = _per_leaf(rng, along, 9, 12)
    a = np.cos(along * rate + _per_leaf(rng, along, 0, 6.28))
    c = np.cos(across * rate + _per_leaf(rng, along, 0, 6.28))
    return _soft(-a * c, 0.1)


def crescents(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Three crescents."""
    parts = []
    for a, c in _around(along, across, rng, 3):
        turn = _per_leaf(rng, along, 0, 6.28)
        bite = np.hypot(a - 0.14 * np.cos(turn), c - 0.14 * np.sin(turn))
        parts.append(_soft(np.hypot(a, c) - 0.23) * _soft(0.17 - bite))
    return _union(parts)


def angular_spots(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """Four crosses, where a spot runs along two veins."""
    parts = []
    for a, c in _around(along, across, rng, 4):
        arms = np.minimum(
            np.maximum(np.abs(a) - 0.05, np.abs(c) - 0.21), np.maximum(np.abs(c) - 0.05, np.abs(a) - 0.21)
        )
        parts.append(_soft(arms, 0.03))
    return _union(parts)


def leaf_miner(along: Field, across: Field, edge: Field, rng: np.random.Generator) -> Field:
    """One winding tunnel from end to end."""
    path = 0.24 * np.sin(along * _per_leaf(rng, along, 5, 8) + _per_leaf(rng, along, 0, 6.28))
    return _soft(np.abs(across - path) - 0.075)


SOURCE_PATTERNS: dict[str, Pattern] = {
    "spots": spots,
    "rings": rings,
    "blotch": blotch,
    "bullseyes": bullseyes,
    "speckle": speckle,
    "margin scorch": margin_scorch,
    "tip burn": tip_burn,
    "streaks": streaks,
    "bands": bands,
    "midrib rot": midrib_rot,
}
"""The ten illnesses of crop A, by class name, in the order of their labels."""

TARGET_PATTERNS: dict[str, Pattern] = {
    "mosaic": mosaic,
    "chevrons": chevrons,
    "leaf miner": leaf_miner,
    "crescents": crescents,
    "half leaf": half_leaf,
    "angular spots": angular_spots,
}
"""The six illnesses of crop B; none of them is among the source's."""
