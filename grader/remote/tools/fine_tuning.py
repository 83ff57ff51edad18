"""What hidden tests about fine-tuning need where the models are: checkpoints, optimizers, loaders that count."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from . import tool


@tool
def settings(**entries: Any) -> SimpleNamespace:
    """An object with these attributes, as a config is."""
    return SimpleNamespace(**entries)


@tool
def named_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors by name, to be left where they are (`.kept`): a checkpoint."""
    return dict(tensors)


@tool
def read_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies of tensors by name, as they are now."""
    return {name: value.detach().clone() for name, value in tensors.items()}


class Heads(nn.Module):
    """A model whose body has `multihead`, and whose head has several layers and shares nothing with it."""

    def __init__(self, width: int, n_classes: int, tied: bool) -> None:
        super().__init__()
        self.multihead = nn.Linear(width, width)
        self.headroom = nn.Linear(width, width, bias=False)
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, n_classes, bias=False))
        if tied:
            self.headroom.weight = self.multihead.weight

    def forward(self, x: Tensor) -> Tensor:
        """(N, width) -> (N, n_classes)."""
        return self.classifier(self.norm(torch.tanh(self.headroom(torch.tanh(self.multihead(x))))))


@tool
def heads(width: int, n_classes: int, tied: bool = False) -> nn.Module:
    """A `Heads`; `tied` makes two layers of its body share their weight."""
    return Heads(width, n_classes, tied)


@tool
def small_vit(n_classes: int) -> nn.Module:
    """A vision transformer of transformers', two layers deep."""
    from tlcore.models import tiny_vit

    return tiny_vit(n_classes, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16).eval()


@tool
def step_of_ones(model: nn.Module, groups: Any) -> nn.Module:
    """One step of SGD with these groups, where every parameter that can learn has a gradient of ones."""
    optimizer = torch.optim.SGD(list(groups), lr=1000.0)  # a group without a rate of its own would show
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    return model


@tool
def head_optimizer(model: nn.Module, path: str, lr: float, momentum: float) -> torch.optim.Optimizer:
    """Freeze all but the head at `path`, as after a linear probe; the head's optimizer."""
    model.requires_grad_(False).eval()
    head = model.get_submodule(path).requires_grad_(True).train()
    return torch.optim.SGD(head.parameters(), lr=lr, momentum=momentum)


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


@tool
def batches(x: Tensor, y: Tensor, sizes: list[int]) -> Batches:
    """A loader that counts its passes."""
    return Batches(x, y, sizes)
