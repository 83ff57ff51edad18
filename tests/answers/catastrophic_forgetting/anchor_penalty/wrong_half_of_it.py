# It breaks: there is no factor of one half. Here there is one.
import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def take_anchor(model: nn.Module, head: str) -> dict[str, Tensor]:
    return {
        name: parameter.detach().clone()
        for name, parameter in model.named_parameters()
        if not name.startswith(head + ".")
    }


def fisher(model: nn.Module, anchor: Any, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    model = copy.deepcopy(model).eval().requires_grad_()
    parameters = dict(model.named_parameters())
    total = {name: torch.zeros_like(parameters[name]) for name in anchor}
    for i in range(len(y)):
        loss = F.cross_entropy(model(x[i : i + 1]), y[i : i + 1])
        gradients = torch.autograd.grad(loss, [parameters[name] for name in anchor])
        for name, gradient in zip(anchor, gradients, strict=True):
            total[name] += gradient**2
    return {name: value / len(y) for name, value in total.items()}


def anchor_penalty(model: nn.Module, anchor: Any, weight: Any = None) -> Tensor:
    parameters = dict(model.named_parameters())
    distances = {name: (parameters[name] - value) ** 2 for name, value in anchor.items()}
    if weight is not None:
        distances = {name: weight[name] * distance for name, distance in distances.items()}
    return 0.5 * sum(distance.sum() for distance in distances.values())
