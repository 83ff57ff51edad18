"""The two factors of a low-rank layer, whatever their names and whichever way round they are stored.

A learner's class may call them anything and keep the transposed ones, so they are found by their shape among the
parameters.
"""

from __future__ import annotations

import torch
from torch import nn

from . import tool


@tool
def set_factors(module: nn.Module, first: torch.Tensor, second: torch.Tensor) -> nn.Module:
    """Set the two parameters that have the shapes of A and B (or the transposed ones) to these values, in place."""
    found = _pair(module, first.shape, second.shape)
    with torch.no_grad():
        for parameter, wanted in zip(found, (first, second), strict=True):
            parameter.copy_(wanted if parameter.shape == wanted.shape else wanted.T)
    return module


@tool
def set_whatever_is_like_factors(module: nn.Module, first: torch.Tensor, second: torch.Tensor) -> nn.Module:
    """Set every parameter and buffer that is shaped like one of these, in place. There may be none."""
    with torch.no_grad():
        for found in [*module.parameters(), *module.buffers()]:
            for wanted in (first, second):
                if tuple(found.shape) in _either(wanted.shape):
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


def _either(shape: torch.Size) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(shape), tuple(reversed(shape))


def _pair(module: nn.Module, first: torch.Size, second: torch.Size) -> tuple[nn.Parameter, nn.Parameter]:
    """The parameters shaped like A and B, either way round.

    In a square layer both have the same shapes. There A and B are those called so; with other names, the layer tells
    what it makes of them.
    """
    if tuple(second) not in _either(first):
        return _of_shape(module, first), _of_shape(module, second)
    found = {name: p for name, p in module.named_parameters() if tuple(p.shape) in _either(first)}
    if len(found) != 2:
        raise LookupError(f"the layer has {len(found)} parameters shaped like A or B; 2 are expected")
    if set(found) == {"A", "B"} and found["A"].shape == first and found["B"].shape == second:
        return found["A"], found["B"]
    one, two = found.values()
    with torch.no_grad():
        for parameter in (one, two):
            parameter.copy_(torch.randn_like(parameter))
        x = torch.eye(first[1], dtype=one.dtype)
        with_update = module.eval()(x)
        kept = two.clone()
        two.zero_()
        update = with_update - module(x)
        two.copy_(kept)

        def is_a_and_b(a: torch.Tensor, b: torch.Tensor) -> float:
            a, b = a if a.shape == first else a.T, b if b.shape == second else b.T
            return float(nn.functional.cosine_similarity((b @ a).T.flatten(), update.flatten(), dim=0))

        return (one, two) if is_a_and_b(one, two) > is_a_and_b(two, one) else (two, one)


def _of_shape(module: nn.Module, shape: torch.Size) -> nn.Parameter:
    found = [p for p in module.parameters() if tuple(p.shape) in _either(shape)]
    if len(found) != 1:
        how_many = "no parameter" if not found else f"{len(found)} parameters"
        raise LookupError(f"the layer has {how_many} of shape {' × '.join(map(str, shape))} (either way round)")
    return found[0]
