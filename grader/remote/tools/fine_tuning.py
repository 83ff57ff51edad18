"""What hidden tests about fine-tuning need where the models are: checkpoints, optimizers, loaders that count."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from . import tool

MOST_GROUPS = 10_000
"""Parameter groups that are looked at: there are objects that have an item for every number."""


@tool
def settings(**entries: Any) -> SimpleNamespace:
    """An object with these attributes, as a config is."""
    return SimpleNamespace(**entries)


@tool
def named_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors by name, to be left where they are (`.kept`): a checkpoint."""
    return dict(tensors)


@tool
def first_of(pair: Any) -> Any:
    """The first of two things, to be left where it is (`.kept`)."""
    first, _ = pair
    return first


@tool
def read_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies of tensors by name, as they are now."""
    return {name: value.detach().clone() for name, value in tensors.items()}


@tool
def step_of_ones(model: nn.Module, groups: Any) -> nn.Module:
    """One step of SGD with these groups, where every parameter that can learn has a gradient of ones."""
    # A group without a rate or a decay of its own would show.
    optimizer = torch.optim.SGD(list(islice(groups, MOST_GROUPS)), lr=1000.0, weight_decay=3.0)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter) if parameter.requires_grad else None
    optimizer.step()
    return model


@tool
def head_optimizer(model: nn.Module, path: str, lr: float, momentum: float) -> torch.optim.Optimizer:
    """Freeze all but the head at `path`, as after a linear probe; the head's optimizer."""
    model.requires_grad_(False).eval()
    head = model.get_submodule(path).requires_grad_(True).train()
    return torch.optim.SGD(head.parameters(), lr=lr, momentum=momentum)


@tool
def norm_in_head(model: nn.Module, path: str) -> nn.Module:
    """Put a batch norm before the head at `path`: its statistics tell in which mode the head is."""
    linear: Any = model.get_submodule(path)
    model.set_submodule(path, nn.Sequential(nn.BatchNorm1d(linear.in_features), linear))
    return model


@tool
def rate(optimizer: torch.optim.Optimizer, lr: float) -> torch.optim.Optimizer:
    """Give the first group another learning rate, as a schedule does."""
    optimizer.param_groups[0]["lr"] = lr
    return optimizer


@tool
def steps(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor, count: int) -> nn.Module:
    """Some steps on one batch, in whatever mode the parts of the model are."""
    for _ in range(count):
        optimizer.zero_grad()
        output = getattr(out := model(x), "logits", out)
        nn.functional.cross_entropy(output, y).backward()
        optimizer.step()
    return model


class Batches:
    """Batches of given sizes in a fixed order, no DataLoader; counts how often it was gone through."""

    def __init__(self, x: Tensor, y: Tensor, sizes: list[int]) -> None:
        self.batches = list(zip(x.split(sizes), y.split(sizes), strict=True))
        self.passes = 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        self.passes += 1
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


class PlannedBatches:
    """One batch in each pass, the labels of pass after pass from a list that is gone through again and again."""

    def __init__(self, x: Tensor, labels: list[Tensor]) -> None:
        self.x, self.labels, self.passes = x, labels, 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        self.passes += 1
        return iter([(self.x, self.labels[(self.passes - 1) % len(self.labels)])])

    def __len__(self) -> int:
        return 1


@tool
def planned_batches(model: nn.Module, x: Tensor, wrong: list[int]) -> PlannedBatches:
    """A loader in whose passes so many labels are those that `model` now finds least likely, the others most.

    A pass for which the number is negative has the second most likely label everywhere: no hit, and a middling loss.
    """
    with torch.no_grad():
        logits = model.eval()(x)
    rows = torch.arange(len(x))
    least, most, second = logits.argmin(1), logits.argmax(1), logits.topk(2).indices[:, 1]
    return PlannedBatches(x, [second if n < 0 else torch.where(rows < n, least, most) for n in wrong])


@tool
def batches(x: Tensor, y: Tensor, sizes: list[int]) -> Batches:
    """A loader that counts its passes."""
    return Batches(x, y, sizes)
