"""Two learning rates in one optimizer: a fresh head learns fast, a pretrained body slowly."""

from __future__ import annotations

from typing import Any

from torch import nn

from tlcore.models import HEADS


def param_groups(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> list[dict[str, Any]]:
    """Parameter groups for a torch optimizer that hold each trainable parameter of `model` once.

    Args:
        model: its head is `fc`, `classifier` or `head`; everything else is the body.
        lr_head, lr_body: learning rates.
        wd: weight decay of tensors with two or more dimensions. Biases and the scales of norms have one dimension and
            get none: pulling them to zero does not make a model simpler.

    Returns:
        Groups with `params`, `lr` and `weight_decay`; none is empty.

    Source: torch.optim, "Per-parameter options"; decay by dimension as in nanoGPT and minGPT.
    """
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():  # a parameter that two layers share comes once
        if parameter.requires_grad:
            lr = lr_head if name.split(".")[0] in HEADS else lr_body
            decay = wd if parameter.ndim >= 2 else 0.0
            groups.setdefault((lr, decay), []).append(parameter)
    return [{"params": params, "lr": lr, "weight_decay": decay} for (lr, decay), params in groups.items()]
