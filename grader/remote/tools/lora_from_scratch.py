"""What hidden tests about low-rank adapters do with models besides setting factors (`factors.py`)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from . import tool


@tool
def trainable_only(module: nn.Module, path: str) -> nn.Module:
    """Parameters of the part at a dotted path ask for gradients, and the others do not."""
    module.requires_grad_(False).get_submodule(path).requires_grad_(True)
    return module


@tool
def trainable_counts(module: nn.Module, paths: list[str]) -> dict[str, int]:
    """How many numbers can learn under each of some dotted paths; a parameter in two places counts once."""
    return {path: sum(p.numel() for p in module.get_submodule(path).parameters() if p.requires_grad) for path in paths}


@tool
def input_gradient(module: nn.Module, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The gradient of the weighted sum of the outputs with respect to x, in eval mode; zeros if none arrives."""
    x = x.clone().requires_grad_()
    total = (module.eval()(x) * weights).sum()
    if total.requires_grad:
        total.backward()
    return torch.zeros_like(x) if x.grad is None else x.grad


@tool
def used(module: nn.Module, x: torch.Tensor, times: int) -> nn.Module:
    """The module after it was called so often, in eval mode."""
    module.eval()
    with torch.no_grad():
        for _ in range(times):
            module(x)
    return module


@tool
def held(value: torch.Tensor) -> torch.Tensor:
    """A tensor, as it is now; called with `kept`, it stays here to be handed over again."""
    return value.clone()


@tool
def weight_of(layer: nn.Linear) -> torch.Tensor:
    """The weight itself, not a copy; called with `kept`, it stays here."""
    return layer.weight


@tool
def fill(parameter: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Write into a tensor, in place."""
    with torch.no_grad():
        return parameter.copy_(value)


@tool
def set_tensors(module: nn.Module, values: dict[str, torch.Tensor]) -> nn.Module:
    """Write into the parameters and buffers of these names, in place."""
    own = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    for name, value in values.items():
        fill(own[name], value)
    return module


@tool
def in_precision(module: nn.Module, dtype: str) -> nn.Module:
    """The module in another precision."""
    return module.to(getattr(torch, dtype))


@tool
def normed(module: nn.Module, paths: list[str], x: torch.Tensor) -> dict[str, torch.Tensor]:
    """The batch `x` (N, features) after batch norm in the mode of each part: by its own mean and variance in train
    mode, by running ones of 0 and 1 in eval mode. A mode that is only claimed does not lead to these numbers."""
    mean, variance = torch.zeros(x.shape[1]), torch.ones(x.shape[1])
    modes = {path: module.get_submodule(path).training for path in paths}
    return {path: F.batch_norm(x, mean.clone(), variance.clone(), training=mode) for path, mode in modes.items()}


@tool
def tied_embedding(layer: nn.Linear) -> nn.Embedding:
    """An embedding whose table *is* the weight of a linear layer, as in a language model with a tied head."""
    embedding = nn.Embedding(*layer.weight.shape)
    embedding.weight = layer.weight
    return embedding
