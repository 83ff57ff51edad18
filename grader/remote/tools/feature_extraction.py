"""What hidden tests about feature extraction need where the models are: parameters at every depth, a card."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from . import tool


class Nest(nn.Module):
    """Parameters at every depth: one of its own, a child's, a grandchild's and deeper. (N, width) -> (N, width)."""

    def __init__(self, width: int, names: list[str]):
        super().__init__()
        self.scale = nn.Parameter(torch.full((width,), 1.1))
        self.stem = nn.Linear(width, width)
        deep = nn.Sequential(nn.LayerNorm(width), nn.Sequential(nn.Linear(width, width), nn.Tanh()))
        blocks = [nn.Sequential(nn.Linear(width, width), nn.ReLU()), deep]
        self.blocks = nn.ModuleDict(dict(zip(names, blocks, strict=True)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, width) -> (N, width)."""
        x = self.scale * self.stem(x)
        for block in self.blocks.values():
            x = x + block(x)
        return x


class Tower(nn.Module):
    """`inlet`, `backbone` (a Nest), `outlet`, `head`: (N, n_in) -> (N, n_classes)."""

    def __init__(self, n_in: int, width: int, n_classes: int, names: list[str]):
        super().__init__()
        self.inlet = nn.Linear(n_in, width)
        self.backbone = Nest(width, names)
        self.outlet = nn.Linear(width, width)
        self.head = nn.Linear(width, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, n_in) -> (N, n_classes)."""
        return self.head(torch.tanh(self.outlet(self.backbone(self.inlet(x)))))


@tool
def tower(n_in: int, width: int, n_classes: int, names: list[str], tied: bool = False) -> nn.Module:
    """A Tower; `tied` makes the weight of `outlet` the very parameter that lies deepest in the backbone."""
    model = Tower(n_in, width, n_classes, names)
    if tied:
        deepest = [m for m in model.backbone.modules() if isinstance(m, nn.Linear)][-1]
        model.outlet.weight = deepest.weight
    return model


@tool
def card(**entries: Any) -> Any:
    """The card of a checkpoint."""
    from tlcore.checkpoints.card import Card

    lists = {key: tuple(value) for key, value in entries.items() if isinstance(value, list)}
    settings: dict[str, Any] = {**entries, **lists}
    return Card(**settings)


@tool
def learn_from(answer: Any, head: nn.Module, net: nn.Module, y: torch.Tensor, steps: int, lr: float) -> nn.Module:
    """Train `head` on the features (N, d) that come first in `answer`, with the net's parameters in the optimizer too.

    Raises RuntimeError where the features hold a graph: the first step goes through it, and then it is gone.
    """
    features = answer[0]
    if isinstance(features, (list, tuple)) and features and isinstance(features[0], torch.Tensor):
        features = torch.stack(list(features))
    # A copy, because nothing can learn from a tensor made in inference mode; the graph, where there is one, stays.
    features = torch.as_tensor(features).to(head.get_parameter("weight").dtype).clone()
    step = torch.optim.SGD([*head.parameters(), *net.parameters()], lr=lr)
    for _ in range(steps):
        step.zero_grad()
        nn.functional.cross_entropy(head(features), y).backward()
        step.step()
    return head
