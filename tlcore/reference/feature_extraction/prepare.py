"""From pictures of plants to train, val and test without leaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tlcore.checkpoints.card import Card


@dataclass
class Split:
    """Pictures and labels of one part of the data."""

    x: Tensor
    """(N, C, H, W), ready for the model."""
    y: Tensor
    """(N,) int64: class ids."""


@dataclass
class Splits:
    """What `prepare` gives."""

    train: Split
    val: Split
    test: Split
    names: list[str]
    """`names[i]` is the class with id i, in all three parts."""


def prepare(images: Tensor, labels: Sequence[str], groups: Tensor, card: Card, seed: int) -> Splits:
    """Split by groups, number the classes once, normalise as in pre-training, mirror the training pictures.

    Args:
        images: (N, C, H, W), values 0 to 1.
        labels: N class names.
        groups: (N,) int64, which plant a picture shows; all pictures of a plant go into one part.
        card: of the pretrained model; its `mean` and `std` (one number a channel) normalise every part.
        seed: the same seed gives the same parts.

    Returns:
        About a fifth of the groups each for val and test, the others for train. Train has each picture twice: as it is,
        and mirrored left to right.

    Source: Kapoor & Narayanan 2023, "Leakage and the reproducibility crisis in machine-learning-based science".
    """
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])
    x = card.normalise(images)

    plants = groups.unique()
    shuffled = plants[torch.randperm(len(plants), generator=torch.Generator().manual_seed(seed))]
    fifth = max(1, len(plants) // 5)

    def part(chosen: Tensor) -> Split:
        rows = torch.isin(groups, chosen)
        return Split(x[rows], y[rows])

    val, test, train = part(shuffled[:fifth]), part(shuffled[fifth : 2 * fifth]), part(shuffled[2 * fifth :])
    # Only now, and only here: a mirror image in another part would be a picture that was learned by heart.
    train = Split(torch.cat([train.x, train.x.flip(-1)]), torch.cat([train.y, train.y]))
    return Splits(train, val, test, names)
