"""Stop a pretrained part from learning."""

from __future__ import annotations

from torch import nn


def freeze(module: nn.Module) -> nn.Module:
    """Stop every parameter of `module` from learning; gradients still flow through it.

    A parameter learns where autograd writes a gradient for it and the optimizer then moves it. `requires_grad = False`
    on the *parameter* tells autograd not to write one. The module itself has no such switch.

    Returns `module`, changed in place.

    Source: "Locally disabling gradient computation", PyTorch documentation, notes on autograd.
    """
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module
