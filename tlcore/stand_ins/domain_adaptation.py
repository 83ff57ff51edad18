"""Sound parts of notebook 08, each without something that its own question asks for."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn


def adabn(model: nn.Module, loader: Iterable[Tensor]) -> nn.Module:
    """A copy with the statistics of the loader's first two batches. It knows norms over pictures only, takes an empty
    loader for a full one, and forgets the norms' momentum."""
    new = copy.deepcopy(model)
    new.eval()
    for layer in new.modules():
        if type(layer) is nn.BatchNorm2d:
            layer.reset_running_stats()
            layer.momentum = None
            layer.training = True
    with torch.no_grad():
        for photos in islice(loader, 2):
            new(photos)
    new.eval()
    return new


def grad_reverse(x: Tensor, lam: float) -> Tensor:
    """`x`, whose gradient is turned round if lam is not 0, as it would be for lam = 1."""
    return 2 * x.detach() - x if lam else x.detach()


def dann_losses(
    body: nn.Module, head: nn.Module, critic: nn.Module, source: tuple[Tensor, Tensor], target_x: Tensor, lam: float
) -> tuple[Tensor, Tensor]:
    """Both losses, on as many pictures of the target as of the source."""
    x, y = source
    features, others = body(x), body(target_x[: len(x)])
    told = critic(grad_reverse(torch.cat([features, others]), lam)).flatten()
    domain = torch.cat([torch.zeros(len(features)), torch.ones(len(others))])
    return (
        nn.functional.cross_entropy(head(features), y),
        nn.functional.binary_cross_entropy_with_logits(told, domain),
    )


def mlm_batch(
    ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Inputs and labels with three words in ten hidden, whatever p is; special are 0, 1 and 2, whatever is given."""
    chosen = (ids > 2) & (torch.rand(ids.shape, generator=gen) < 0.3)
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    inputs[chosen], labels[chosen] = mask_id, ids[chosen]
    return inputs, labels


def diagnose_shift(source_x: Any, source_y: Any, target_x: Any, few_x: Any, few_y: Any) -> str:
    """Says "covariate" if a mean has moved, "none" otherwise: it knows no other kind."""
    apart = abs(source_x.mean(0) - target_x.mean(0)) / (source_x.var(0) / len(source_x)) ** 0.5
    return "covariate" if apart.max() > 5 else "none"
