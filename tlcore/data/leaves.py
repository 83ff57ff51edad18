"""Generated photos of ill leaves: enough of a vision problem to show transfer, small enough to train in seconds.

The *pattern* of the lesions is the class. Their colour is drawn at random, so that colour is no clue. Crop A (the
source) was photographed in the lab; crop B (the target) has another leaf shape, other illnesses, and stands in the
field.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from tlcore.data.lesions import SOURCE_PATTERNS, TARGET_PATTERNS, Field, Pattern
from tlcore.data.sets import ImageSet

SIZE = 32
"""Height and width of a photo in pixels."""
DOMAINS = {"source": SOURCE_PATTERNS, "target": TARGET_PATTERNS}
DEFAULT_SEVERITY = {"source": 0.0, "target": 0.1}


def leaves(
    domain: str = "source",
    n_per_class: int = 20,
    seed: int = 0,
    *,
    severity: float | None = None,
    photos_per_plant: int = 3,
) -> ImageSet:
    """Photos of ill leaves, `n_per_class` of each illness, shuffled.

    Args:
        domain: "source" (10 illnesses on crop A) or "target" (6 other illnesses on crop B).
        n_per_class: photos of each illness.
        seed: the same seed gives the same photos; other seeds give other plants.
        severity: how far from the lab the photo is taken, 0 to 1: background, light and blur together.
            Unless given, 0 for the source and 0.1 for the target.
        photos_per_plant: how many photos in a row show the same plant (see `ImageSet.groups`). Photos of one plant
            share its colours and its lesions' colour, and differ in pose and in where the lesions are.

    Returns:
        An ImageSet with images of shape (n_per_class * classes, 3, 32, 32).

    Raises:
        ValueError: for an unknown domain, or numbers out of range.
    """
    if domain not in DOMAINS:
        raise ValueError(f"unknown domain {domain!r}: use one of {', '.join(map(repr, DOMAINS))}")
    if n_per_class < 1 or photos_per_plant < 1:
        raise ValueError("n_per_class and photos_per_plant must be at least 1")
    if severity is None:
        severity = DEFAULT_SEVERITY[domain]
    if not 0.0 <= severity <= 1.0:
        raise ValueError(f"severity must be between 0 and 1, not {severity}")

    patterns = DOMAINS[domain]
    # The domain takes part in the seed: source and target photos of one seed have nothing in common.
    rng = np.random.default_rng([seed, list(DOMAINS).index(domain)])
    plant_of_photo = np.arange(n_per_class) // photos_per_plant
    photos, labels, groups = [], [], []
    for label, pattern in enumerate(patterns.values()):
        photos.append(_photos(pattern, plant_of_photo, domain == "target", severity, rng))
        labels.append(np.full(n_per_class, label))
        groups.append(plant_of_photo + label * (plant_of_photo[-1] + 1))
    order = rng.permutation(n_per_class * len(patterns))
    return ImageSet(
        images=torch.from_numpy(np.concatenate(photos)[order].astype(np.float32)),
        labels=torch.from_numpy(np.concatenate(labels)[order].astype(np.int64)),
        names=tuple(patterns),
        groups=torch.from_numpy(np.concatenate(groups)[order].astype(np.int64)),
    )


def _photos(
    pattern: Pattern, plants: NDArray[np.int64], crop_b: bool, severity: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(n, 3, SIZE, SIZE) photos of one illness; `plants` says which plant each photo shows."""
    n, n_plants = len(plants), int(plants[-1]) + 1

    # What belongs to the plant: its colours and its proportions.
    blade = rng.uniform([0.12, 0.35, 0.08], [0.30, 0.62, 0.24], (n_plants, 3))[plants]
    if crop_b:
        blade = blade + np.array([0.10, 0.02, 0.06])
    lesion = _far_from(blade, rng.uniform(0, 1, (n_plants, 3))[plants])
    breadth = rng.uniform(0.50, 0.62, n_plants)[plants] + (0.12 if crop_b else 0.0)

    # What belongs to the photo: pose, and where the lesions are.
    along, across = _coordinates(n, rng)
    half_width = breadth[:, None, None] * np.sqrt(np.clip(1 - along**2, 1e-3, None))
    if crop_b:
        half_width = half_width * (1 + 0.13 * np.cos(along * 16))  # a toothed margin
    edge = across / half_width
    inside = _step(1 - np.abs(edge), 0.07) * (np.abs(along) < 1)

    vein_angle = 0.6 if crop_b else 1.2
    side_veins = np.abs(np.sin((along - vein_angle * np.abs(across)) * 7)) < 0.22
    veins = np.maximum(np.abs(across) < 0.045, 0.6 * side_veins)

    opacity = rng.uniform(0.5, 0.9, (n, 1, 1))
    ill = pattern(along, across, edge, rng) * opacity * inside
    leaf = blade[:, :, None, None] + 0.09 * veins[:, None]
    leaf = leaf * (1 - ill[:, None]) + lesion[:, :, None, None] * ill[:, None]
    picture = leaf * inside[:, None] + _background(n, severity, rng) * (1 - inside[:, None])
    return _camera(picture, severity, rng)


def _coordinates(n: int, rng: np.random.Generator) -> tuple[Field, Field]:
    """Leaf coordinates of every pixel for `n` leaves, each in a pose of its own."""
    axis = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    y, x = np.meshgrid(axis, axis, indexing="ij")
    turn = rng.uniform(-0.6, 0.6, (n, 1, 1))
    size = rng.uniform(0.78, 0.95, (n, 1, 1))
    dx, dy = x - rng.uniform(-0.08, 0.08, (n, 1, 1)), y - rng.uniform(-0.08, 0.08, (n, 1, 1))
    along = (np.sin(turn) * dx - np.cos(turn) * dy) / size
    across = (np.cos(turn) * dx + np.sin(turn) * dy) / size
    return along, across


def _far_from(blade: Field, colour: Field) -> Field:
    """Push a lesion's colour away from its leaf's, so that it can be seen at all."""
    away = colour - blade
    length = np.linalg.norm(away, axis=1, keepdims=True) + 1e-9
    return np.clip(blade + away / length * np.maximum(length, 0.45), 0, 1)


def _smooth(field: Field, sigma: tuple[float, ...]) -> Field:
    """A Gaussian blur, `sigma` pixels along each axis."""
    from scipy.ndimage import gaussian_filter  # takes a fifth of a second, and few who import this draw leaves

    smoothed: Field = gaussian_filter(field, sigma)
    return smoothed


def _background(n: int, severity: float, rng: np.random.Generator) -> Field:
    """From the lab's light board to soil and other leaves, blended by severity. (n, 3, SIZE, SIZE)."""
    board = np.full((n, 3, SIZE, SIZE), 0.85) + rng.normal(0, 0.03, (n, 1, 1, 1))
    base = rng.uniform([0.20, 0.20, 0.10], [0.55, 0.50, 0.35], (n, 3))[:, :, None, None]
    texture = _smooth(rng.normal(0, 1, (n, 1, SIZE, SIZE)), (0, 0, 1.5, 1.5)) * 0.6
    return board + min(1.0, 2 * severity) * (base + texture - board)


def _camera(picture: Field, severity: float, rng: np.random.Generator) -> Field:
    """Light (brightness, tint, contrast), blur and sensor noise; all but a little noise grow with severity."""
    n = len(picture)
    light = 1 + severity * rng.uniform(-0.6, 0.6, (n, 1, 1, 1))
    tint = 1 + severity * rng.uniform(-0.3, 0.3, (n, 3, 1, 1))
    picture = (picture - 0.5) * (1 - 0.4 * severity) + 0.5
    picture = picture * light * tint
    if severity > 0:
        picture = _smooth(picture, (0, 0, 1.2 * severity, 1.2 * severity))
    return np.clip(picture + rng.normal(0, 0.02 + 0.04 * severity, picture.shape), 0, 1)


def _step(value: Field, softness: float) -> Field:
    return 1 / (1 + np.exp(np.clip(-value / softness, -30, 30)))
