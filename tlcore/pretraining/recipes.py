"""One recipe a checkpoint: which model, on which data, for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from tlcore.data import ImageSet, TextSet, leaves, stroke_digits, wire_sentences
from tlcore.models import TinyNet, tiny_llama, tiny_resnet, tiny_vit

TRAIN_SEED = 1_000_000
TEST_SEED = 2_000_000
"""Pre-training data and its test data come from seeds that no exercise uses: exercises stay below a million."""


@dataclass(frozen=True)
class Recipe:
    """All that decides what a checkpoint becomes."""

    source: str
    """What the data is, in words, for the card."""
    build: Callable[[ImageSet | TextSet], nn.Module]
    """An untrained model that fits the data."""
    data: Callable[[int, int], ImageSet | TextSet]
    """`data(n, seed)`: n rows of source data."""
    rows: int
    """Rows of training data."""
    test_rows: int
    """Rows of test data."""
    epochs: int
    """Passes over the training data."""
    lr: float
    """Peak learning rate of AdamW; it falls to zero along a cosine."""
    short: tuple[int, int]
    """Rows and epochs of the short version, for tests: seconds instead of minutes."""
    batch_size: int = 64
    """Rows a step."""
    weight_decay: float = 1e-2
    """Weight decay of AdamW."""
    seed: int = 0
    """Seed of the initial weights, of dropout and of the order of the rows."""


def _names(data: ImageSet | TextSet) -> tuple[str, ...]:
    return data.names if isinstance(data, ImageSet) else data.vocabulary.words


def _leaves(n: int, seed: int) -> ImageSet:
    # One photo a plant: as many plants as possible for the same number of photos.
    return leaves("source", n // 10, seed, photos_per_plant=1)


RECIPES: dict[str, Recipe] = {
    "leaves-resnet": Recipe(
        source="leaves('source'): ten illnesses on crop A, photographed in the lab",
        build=lambda data: tiny_resnet(_names(data)),
        data=_leaves,
        rows=20_000,
        test_rows=2_000,
        epochs=14,
        lr=3e-3,
        short=(1_500, 8),
    ),
    "leaves-tinynet": Recipe(
        source="leaves('source'): ten illnesses on crop A, photographed in the lab",
        build=lambda data: TinyNet(len(_names(data)), widths=(16, 32, 64)),
        data=_leaves,
        rows=20_000,
        test_rows=2_000,
        epochs=10,
        lr=3e-3,
        short=(1_500, 6),
    ),
    "digits-vit": Recipe(
        source="stroke_digits: digits drawn by a program",
        build=lambda data: tiny_vit(_names(data)),
        data=lambda n, seed: stroke_digits(n, seed),
        rows=8_000,
        test_rows=2_000,
        epochs=12,
        lr=1e-3,
        short=(1_500, 5),
    ),
    "wire-llama": Recipe(
        source="wire_sentences('prose'): market news in full sentences",
        build=lambda data: tiny_llama(len(_names(data))),
        data=lambda n, seed: wire_sentences("prose", n, seed),
        rows=4_000,
        test_rows=500,
        epochs=10,
        lr=3e-3,
        short=(600, 6),
    ),
}
"""The recipes by checkpoint name."""
