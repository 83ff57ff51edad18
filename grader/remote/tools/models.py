"""Models of every topic: build them, train them, read and set their tensors."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from . import tool


@tool
def tiny_net(state: dict[str, torch.Tensor] | None = None, **config: Any) -> nn.Module:
    """A TinyNet in eval mode; `state` sets its weights and buffers."""
    from tlcore.models import TinyNet

    return _with_state(TinyNet(**config), state)


@tool
def tiny_transformer(state: dict[str, torch.Tensor] | None = None, **config: Any) -> nn.Module:
    """A TinyTransformer in eval mode; `state` sets its weights."""
    from tlcore.models import TinyTransformer

    return _with_state(TinyTransformer(**config), state)


@tool
def linear(n_in: int, n_out: int, bias: bool = True, dtype: str = "float32") -> nn.Linear:
    """A linear layer, filled with the next random numbers."""
    return nn.Linear(n_in, n_out, bias=bias, dtype=getattr(torch, dtype))


@tool
def loader(*tensors: torch.Tensor, batch_size: int, shuffle: bool = False) -> Any:
    """A DataLoader over tensors; a shuffled one draws a new order each pass."""
    from torch.utils.data import DataLoader, TensorDataset

    return DataLoader(TensorDataset(*tensors), batch_size=batch_size, shuffle=shuffle)


@tool
def part(module: nn.Module, path: str) -> nn.Module:
    """The submodule at a dotted path."""
    return module.get_submodule(path)


@tool
def put_part(module: nn.Module, path: str, new: nn.Module) -> nn.Module:
    """`module`, with `new` at a dotted path."""
    parent, _, name = path.rpartition(".")
    setattr(module.get_submodule(parent), name, new)
    return module


@tool
def mode(module: nn.Module, training: bool) -> nn.Module:
    """Train or eval mode, as a training loop sets it."""
    return module.train(training)


@tool
def trainable(module: nn.Module, flag: bool) -> nn.Module:
    """Whether the parameters of a module ask for gradients, before the learner's code sees it."""
    return module.requires_grad_(flag)


@tool
def train(
    module: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    steps: int = 3,
    lr: float = 0.1,
    training: bool = True,
    weight_decay: float = 0.0,
    optimizer: str = "SGD",
) -> nn.Module:
    """Train on one batch for some steps, as a plain loop would: every parameter goes to the optimizer.

    y of integers asks for cross-entropy, y of floats for the mean squared error.
    """
    step = getattr(torch.optim, optimizer)(module.parameters(), lr=lr, weight_decay=weight_decay)
    for _ in range(steps):
        module.train(training)
        output = getattr(out := module(x), "logits", out)
        loss = nn.functional.mse_loss(output, y) if y.is_floating_point() else nn.functional.cross_entropy(output, y)
        step.zero_grad()
        if loss.requires_grad:
            loss.backward()
        step.step()
    return module


@tool
def tensors(module: nn.Module) -> dict[str, torch.Tensor]:
    """Every parameter and buffer by name, as it is now."""
    named = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    return {name: value.detach().clone() for name, value in named.items()}


@tool
def parameters(module: nn.Module, trainable: bool | None = None) -> list[torch.Tensor]:
    """The parameters (all, the trainable ones, or the frozen ones), sorted by shape and sum: names do not matter."""
    chosen = [p.detach().clone() for p in module.parameters() if trainable is None or p.requires_grad is trainable]
    return sorted(chosen, key=lambda p: (tuple(p.shape), float(p.double().sum())))


@tool
def buffers(module: nn.Module) -> dict[str, torch.Tensor]:
    """The buffers by name, as they are now: batch-norm statistics among them."""
    return {name: value.detach().clone() for name, value in module.named_buffers()}


@tool
def outputs(module: nn.Module, *inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
    """What the module answers in eval mode (or train mode), without gradients."""
    module.train(training)
    with torch.no_grad():
        output = module(*inputs)
    return getattr(output, "logits", output)


@tool
def linears(module: nn.Module, n_out: int) -> list[nn.Module]:
    """The linear layers with `n_out` outputs, wherever they are."""
    return [m for m in module.modules() if isinstance(m, nn.Linear) and m.weight.size(0) == n_out]


@tool
def pin(layer: nn.Module, weight: torch.Tensor, bias: torch.Tensor | None = None) -> nn.Module:
    """Set a linear layer's weight (and bias) to given values, so that random initialisation does not matter."""
    with torch.no_grad():
        layer.get_parameter("weight").copy_(weight)
        if bias is not None and layer.bias is not None:
            layer.get_parameter("bias").copy_(bias)
    return layer


def _with_state(module: nn.Module, state: dict[str, torch.Tensor] | None) -> nn.Module:
    if state is not None:
        module.load_state_dict(state)
    return module.eval()
