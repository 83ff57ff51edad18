"""Sound parts of notebook 08, each without something that its own question asks for."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def adabn(model: nn.Module, loader: Iterable[Tensor]) -> nn.Module:
    """A copy with the statistics of the loader's pictures. It knows norms over pictures only, takes an empty loader
    for a full one, and forgets the norms' momentum."""
    adapted = copy.deepcopy(model).eval()
    for norm in adapted.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.reset_running_stats()
            norm.momentum = None
            norm.train()
    with torch.no_grad():
        for x in loader:
            adapted(x)
    return adapted.eval()
