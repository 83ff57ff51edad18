"""Five sources for one target: small networks of equal size, pre-trained on drawn digits for a good or a bad purpose.

The target is `real_digits`: digits that people wrote. All sources see pictures that look alike; what they learn to say
about them differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tlcore.data import ImageSet, stroke_digits
from tlcore.models import TinyNet
from tlcore.training import accuracy, train

WIDTHS = (16, 32)
ROWS, TEST_ROWS, STEPS, RATE = 2_000, 500, 250, 3e-3
SOURCE_SEED = 4_000_000
"""Drawn digits of the sources come from seeds that nothing else uses."""


@dataclass(frozen=True)
class Candidate:
    """A pre-trained network that one may start from, with what its card says."""

    name: str
    """What it was trained for."""
    body: nn.Module
    """Normalised pictures in, features (N, d) out."""
    head: nn.Module
    """Features in, logits of its own task out."""
    mean: tuple[float, ...]
    """Of each channel in its training data, as its card says."""
    std: tuple[float, ...]
    """Likewise the standard deviation."""
    accuracy: float
    """On test data of its own task, 0 to 1, as its card says."""
    parameters: int
    """How many numbers the body has learned."""


def digit_sources(seed: int = 0, *, progress: bool = True) -> list[Candidate]:
    """Train the five sources, a few seconds in all. `seed` decides their data, their start and their order.

    The names are "digits", "parity", "permuted pixels" (digits whose pixels are in another order, the same for all
    pictures), "shuffled labels" (each picture has the label of another one), and "ink" (ten classes by how much ink).
    """
    drawn = stroke_digits(ROWS + TEST_ROWS, SOURCE_SEED + seed)
    return [_pretrained(name, task(drawn, seed), seed, progress) for name, task in TASKS.items()]


def scratch_body(seed: int) -> nn.Module:
    """A body of the same kind with random weights."""
    torch.manual_seed(seed)
    return TinyNet(2, in_channels=1, widths=WIDTHS).backbone


def _pretrained(name: str, data: tuple[Tensor, Tensor], seed: int, progress: bool) -> Candidate:
    images, labels = data
    mean, std = float(images[:ROWS].mean()), float(images[:ROWS].std())
    images = (images - mean) / std
    torch.manual_seed(seed)
    model = TinyNet(int(labels.max()) + 1, in_channels=1, widths=WIDTHS, dropout=0.0)
    train(
        model,
        (images[:ROWS], labels[:ROWS]),
        steps=STEPS,
        lr=RATE,
        batch_size=64,
        cosine=True,
        seed=seed,
        progress=progress,
    )
    return Candidate(
        name=name,
        body=model.backbone,
        head=model.get_submodule("fc"),
        mean=(round(mean, 4),),
        std=(round(std, 4),),
        accuracy=accuracy(model, (images[ROWS:], labels[ROWS:])),
        parameters=sum(p.numel() for p in model.backbone.parameters()),
    )


def _permuted(drawn: ImageSet, seed: int) -> tuple[Tensor, Tensor]:
    order = torch.randperm(64, generator=torch.Generator().manual_seed(seed))
    return drawn.images.flatten(1)[:, order].view_as(drawn.images), drawn.labels


def _shuffled(drawn: ImageSet, seed: int) -> tuple[Tensor, Tensor]:
    order = torch.randperm(len(drawn), generator=torch.Generator().manual_seed(seed))
    return drawn.images, drawn.labels[order]


def _ink(drawn: ImageSet, seed: int) -> tuple[Tensor, Tensor]:
    ranks = drawn.images.sum((1, 2, 3)).argsort().argsort()
    return drawn.images, ranks * 10 // len(drawn)


TASKS: dict[str, Callable[[ImageSet, int], tuple[Tensor, Tensor]]] = {
    "digits": lambda drawn, seed: (drawn.images, drawn.labels),
    "parity": lambda drawn, seed: (drawn.images, drawn.labels % 2),
    "permuted pixels": _permuted,
    "shuffled labels": _shuffled,
    "ink": _ink,
}
