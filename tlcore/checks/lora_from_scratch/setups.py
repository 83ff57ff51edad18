"""What several public checks of lora from scratch share."""

import torch
from torch import nn


def factor(module, rows, columns, frozen=False):
    """The trainable parameter (any with `frozen`) of this shape, either way round; None if there is not just one."""
    shapes = ((rows, columns), (columns, rows))
    found = [p for p in module.parameters() if (frozen or p.requires_grad) and tuple(p.shape) in shapes]
    return found[0] if len(found) == 1 else None


def set(parameter, value):
    """New values for a parameter, whichever way round it is stored."""
    with torch.no_grad():
        parameter.copy_(value if parameter.shape == value.shape else value.T)


def same(one, other, atol=1e-5):
    return isinstance(one, torch.Tensor) and one.shape == other.shape and torch.allclose(one, other, atol=atol)


def example_base(dtype=torch.float32):
    """The base of the example by hand."""
    base = nn.Linear(3, 2, dtype=dtype)
    set(base.weight, torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], dtype=dtype))
    with torch.no_grad():
        base.bias.copy_(torch.tensor([10.0, 20.0]))
    return base


X = torch.tensor([[1.0, 2.0, 3.0]])
