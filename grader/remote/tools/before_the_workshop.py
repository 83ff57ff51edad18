"""What hidden tests of the first notebook need where the answers are: inputs that stay there, models with odd parts."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from . import tool


@tool
def plain_data(value: Any) -> Any:
    """Plain data, as it is now; called with `kept`, it stays here to be handed over again."""
    return value


@tool
def leave_gradients(model: nn.Module, value: float | None) -> nn.Module:
    """Every parameter, frozen ones too, gets a gradient of such numbers, as if left by somebody; with None, none."""
    for parameter in model.parameters():
        parameter.grad = None if value is None else torch.full_like(parameter, value)
    return model


class WithSpare(nn.Module):
    """A classifier of rows, in double precision, with a layer that no output depends on and a weight in two places."""

    def __init__(self, width: int, n_classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(width, width, dtype=torch.float64)
        self.again = nn.Linear(width, width, bias=False, dtype=torch.float64)
        self.again.weight = self.first.weight
        self.norm = nn.LayerNorm(width, dtype=torch.float64)
        self.spare = nn.Linear(width, 2, dtype=torch.float64)
        self.scale = nn.Parameter(torch.tensor(1.5, dtype=torch.float64))
        self.last = nn.Linear(width, n_classes, bias=False, dtype=torch.float64)

    def forward(self, x: Tensor) -> Tensor:
        """(N, width) -> (N, n_classes)."""
        return self.last(self.scale * self.norm(torch.tanh(self.again(torch.tanh(self.first(x))))))


@tool
def with_spare(width: int, n_classes: int) -> nn.Module:
    """A `WithSpare`, filled with the next random numbers."""
    return WithSpare(width, n_classes)


@tool
def optimizer_of(model: nn.Module, lr: float) -> torch.optim.Optimizer:
    """Plain SGD that holds the parameters that the model has now."""
    return torch.optim.SGD(model.parameters(), lr=lr)


@tool
def one_more_step(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> nn.Module:
    """A step with that optimizer; nothing happens to parameters that it does not know or that cannot learn."""
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    if loss.requires_grad:
        loss.backward()
    optimizer.step()
    return model
