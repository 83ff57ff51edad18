"""Penalties that hold a network near its pretrained weights: L2-SP, and elastic weight consolidation (EWC)."""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def take_anchor(model: nn.Module, head: str) -> dict[str, Tensor]:
    """The parameters of `model` as they are now, without those of the part at the path `head`."""
    # 1. the named parameters, but those of the head
    # 2. copies: training must not change them, and no gradient must reach them
    ### BEGIN SOLUTION
    return {
        name: parameter.detach().clone()
        for name, parameter in model.named_parameters()
        if not name.startswith(head + ".")
    }
    ### END SOLUTION


def fisher(model: nn.Module, anchor: Any, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """How much the loss on (x, y) depends on each anchored parameter: the diagonal of the empirical Fisher matrix.

    Args:
        model: gives logits (N, C); it stays as it is: modes, statistics and gradients.
        anchor: what `take_anchor` gave for this model.
        x, y: rows and labels of the source.

    Returns:
        For each anchored parameter the mean over the rows of the squared gradient of a row's loss, in eval mode.
    """
    # 1. a copy of the model in eval mode
    # 2. row by row: gradients of the cross-entropy of this row alone; square them, then add
    # 3. divide by the number of rows
    ### BEGIN SOLUTION
    model = copy.deepcopy(model).eval().requires_grad_()
    parameters = dict(model.named_parameters())
    total = {name: torch.zeros_like(parameters[name]) for name in anchor}
    for i in range(len(y)):
        loss = F.cross_entropy(model(x[i : i + 1]), y[i : i + 1])
        gradients = torch.autograd.grad(loss, [parameters[name] for name in anchor])
        for name, gradient in zip(anchor, gradients, strict=True):
            total[name] += gradient**2
    return {name: value / len(y) for name, value in total.items()}
    ### END SOLUTION


def anchor_penalty(model: nn.Module, anchor: Any, weight: Any = None) -> Tensor:
    """The sum of `weight * (parameter - anchor)**2` over all anchored parameters, to be added to a loss.

    Args:
        model: its gradients are those of the penalty.
        anchor: what `take_anchor` gave.
        weight: what `fisher` gave; without it, every weight is 1.

    Sources: Xuhong et al. 2018, "Explicit inductive bias for transfer learning with convolutional networks" (L2-SP);
    Kirkpatrick et al. 2017, "Overcoming catastrophic forgetting in neural networks" (EWC).
    """
    # 1. for each anchored parameter: the squared distance, times its weight if there are weights
    # 2. one sum over all of them
    ### BEGIN SOLUTION
    parameters = dict(model.named_parameters())
    distances = {name: (parameters[name] - value) ** 2 for name, value in anchor.items()}
    if weight is not None:
        distances = {name: weight[name] * distance for name, distance in distances.items()}
    return sum(distance.sum() for distance in distances.values())
    ### END SOLUTION
