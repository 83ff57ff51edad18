"""Wrong ideas about `freeze`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception


@misconception(
    asks="What does the optimizer hold: the module, or its parameters? Print `requires_grad` of one: what is it now?",
)
def flag_on_the_module(module: nn.Module) -> nn.Module:
    """An attribute that nobody reads (`required_grad` on a parameter, a typo, does as little; so does `eval()`)."""
    module.requires_grad = False  # type: ignore[assignment]
    return module


@misconception(asks="Layers sit inside layers. How would you reach the parameters of the innermost ones?")
def direct_children_only(module: nn.Module) -> nn.Module:
    """Only the parameters that the module itself and its direct children own."""
    for child in [module, *module.children()]:
        for parameter in child.parameters(recurse=False):
            parameter.requires_grad_(False)
    return module


@misconception(asks="Print the names of all parameters. Do all of them end the same way?")
def only_weights(module: nn.Module) -> nn.Module:
    """Biases, and parameters with a name of their own, keep learning."""
    for name, parameter in module.named_parameters():
        if name.endswith("weight"):
            parameter.requires_grad_(False)
    return module


@misconception(asks="Who else may hold the parameter that you put another one in place of?")
def fresh_parameters(module: nn.Module) -> nn.Module:
    """New frozen Parameters with the old values: whoever shared the old one (tied weights) still trains it."""
    for part in module.modules():
        for name, parameter in list(part.named_parameters(recurse=False)):
            setattr(part, name, nn.Parameter(parameter.detach().clone(), requires_grad=False))
    return module


@misconception(asks="What does an optimizer with weight decay do to a parameter whose gradient is zero?")
def gradients_set_to_zero(module: nn.Module) -> nn.Module:
    """A gradient of zeros is still a gradient: weight decay and momentum move the parameter."""
    for parameter in module.parameters():
        parameter.register_hook(torch.zeros_like)
    return module


@misconception(asks="What lies before the frozen part, or is put into it later: can its gradient still arrive?")
def no_gradient_through_the_module(module: nn.Module) -> nn.Module:
    """`no_grad` around the forward pass freezes what lies before the part too, and a new head inside it."""
    forward = module.forward

    def without_gradients(*args: Tensor, **kwargs: Tensor) -> Tensor:
        with torch.no_grad():
            return forward(*args, **kwargs)

    module.forward = without_gradients
    return module


@misconception(asks="What does a function give back that ends without `return`?")
def nothing_returned(module: nn.Module) -> None:
    """The parameters are frozen, and `replace_head(freeze(model), 6)` gets None."""
    for parameter in module.parameters():
        parameter.requires_grad_(False)
