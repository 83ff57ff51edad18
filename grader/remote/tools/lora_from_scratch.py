"""What hidden tests about low-rank adapters do with models: set factors, count what can learn.

A learner's class may call its factors anything and store them either way round, so they are found by their shape among
the parameters.
"""

from __future__ import annotations

import torch
from torch import nn

from . import tool


@tool
def trainable(module: nn.Module, flag: bool) -> nn.Module:
    """Whether the parameters of a module ask for gradients, before the learner's code sees it."""
    return module.requires_grad_(flag)


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
def set_factors(module: nn.Module, first: torch.Tensor, second: torch.Tensor) -> nn.Module:
    """Set the two parameters that have these shapes (or the transposed ones) to these values, in place."""
    with torch.no_grad():
        for wanted in (first, second):
            found = _of_shape(module, wanted.shape)
            found.copy_(wanted if found.shape == wanted.shape else wanted.T)
    return module


@tool
def set_all_factors(module: nn.Module, factors: dict[str, tuple[torch.Tensor, torch.Tensor]]) -> nn.Module:
    """`set_factors` for the layers at some dotted paths."""
    for path, (first, second) in factors.items():
        set_factors(module.get_submodule(path), first, second)
    return module


@tool
def get_factors(module: nn.Module, first: list[int], second: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """The two parameters that have these shapes or the transposed ones, turned to these shapes."""
    one, two = (_of_shape(module, torch.Size(shape)).detach().clone() for shape in (first, second))
    return (one if list(one.shape) == first else one.T), (two if list(two.shape) == second else two.T)


@tool
def tied_embedding(layer: nn.Linear) -> nn.Embedding:
    """An embedding whose table *is* the weight of a linear layer, as in a language model with a tied head."""
    embedding = nn.Embedding(*layer.weight.shape)
    embedding.weight = layer.weight
    return embedding


def _of_shape(module: nn.Module, shape: torch.Size) -> nn.Parameter:
    either = (tuple(shape), tuple(reversed(shape)))
    found = [p for p in module.parameters() if tuple(p.shape) in either]
    if len(found) != 1:
        how_many = "no parameter" if not found else f"{len(found)} parameters"
        raise LookupError(f"the layer has {how_many} of shape {' × '.join(map(str, shape))} (either way round)")
    return found[0]
