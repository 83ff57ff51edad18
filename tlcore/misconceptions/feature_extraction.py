"""Wrong ideas about feature extraction."""

from __future__ import annotations

from torch import nn

from tlcore.misconceptions.registry import misconception


@misconception("freeze", asks="What does the optimizer hold: the module, or its parameters?")
def flag_on_the_module(module: nn.Module) -> nn.Module:
    """An attribute that nobody reads (`required_grad` on a parameter, a typo, does as little)."""
    module.requires_grad = False  # type: ignore[assignment]
    return module


@misconception("freeze", asks="Layers sit inside layers. How would you reach the parameters of the innermost ones?")
def direct_children_only(module: nn.Module) -> nn.Module:
    """Only the parameters that the module itself and its direct children own."""
    for child in [module, *module.children()]:
        for parameter in child.parameters(recurse=False):
            parameter.requires_grad_(False)
    return module
