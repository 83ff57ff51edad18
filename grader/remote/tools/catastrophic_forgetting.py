"""What hidden tests about forgetting need beside the answer: passes of a loader, gradients, counted updates."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_post_hook

from . import tool

MOST_BATCHES = 300
"""Of a pass; what goes on longer is cut off there."""
_updates = 0
_counting = False


@tool
def passes_of(loader: Iterable[tuple[Tensor, Tensor]], count: int) -> list[dict[str, Any]]:
    """So many passes over a loader: all rows and labels of each, and the sizes of its batches."""
    found = []
    for _ in range(count):
        batches = [(x, y) for x, y in islice(loader, MOST_BATCHES)]
        found.append(
            {
                "x": torch.cat([x for x, _ in batches]) if batches else torch.zeros(0),
                "y": torch.cat([y for _, y in batches]) if batches else torch.zeros(0),
                "sizes": [len(y) for _, y in batches],
            }
        )
    return found


@tool
def part_called_nearly_alike(head: str, width: int, n_classes: int) -> nn.Module:
    """A network (N, width) -> (N, n_classes) whose head is called `head`, and a part of the body `<head>_norm`."""
    parts = {"body": nn.Linear(width, width), f"{head}_norm": nn.LayerNorm(width), head: nn.Linear(width, n_classes)}
    return nn.Sequential(OrderedDict(parts))


@tool
def shift_parameters(model: nn.Module, seed: int, size: float) -> nn.Module:
    """Move every parameter by random numbers, and every floating-point buffer up by one."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype), alpha=size)
        for buffer in model.buffers():
            if buffer.is_floating_point():
                buffer += 1.0
    return model


@tool
def penalty_and_gradients(penalty: Tensor, model: nn.Module) -> dict[str, Tensor]:
    """The value of a penalty, its gradient for every parameter of a model (zeros where there is none), and whether it
    can have a gradient at all."""
    named = dict(model.named_parameters())
    found = {"the penalty": penalty.detach().reshape(()).clone(), "in a graph": torch.tensor(penalty.requires_grad)}
    gradients: list[Any] = [None] * len(named)
    if penalty.requires_grad:
        gradients = list(torch.autograd.grad(penalty, list(named.values()), allow_unused=True))
    for (name, parameter), gradient in zip(named.items(), gradients, strict=True):
        found[name] = torch.zeros_like(parameter) if gradient is None else gradient.detach().clone()
    return found


@tool
def read_gradients(model: nn.Module) -> dict[str, Tensor]:
    """The gradients that are left in the parameters; zeros where there is none."""
    return {
        name: torch.zeros_like(p) if p.grad is None else p.grad.detach().clone() for name, p in model.named_parameters()
    }


@tool
def count_updates() -> None:
    """Count from here on the steps of all optimizers of torch."""
    global _updates, _counting
    _updates = 0
    if not _counting:
        register_optimizer_step_post_hook(_one_more)
        _counting = True


def _one_more(*_: Any) -> None:
    global _updates
    _updates += 1


@tool
def updates_counted() -> int:
    """How many steps there were."""
    return _updates


@tool
def with_statistics_of(model: nn.Module, other: nn.Module) -> nn.Module:
    """A copy in eval mode whose batch norms hold the statistics of the batch norms of the same names in `other`."""
    adapted = copy.deepcopy(model).eval()
    theirs = dict(other.named_buffers())
    for name, buffer in adapted.named_buffers():
        if name in theirs and theirs[name].shape == buffer.shape:
            buffer.copy_(theirs[name])
    return adapted
