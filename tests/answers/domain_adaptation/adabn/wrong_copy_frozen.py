# It breaks: what can learn in the model can learn in the copy; here all of the copy is frozen.
import copy

import torch
from torch import nn


def adabn(model, loader):
    adapted = copy.deepcopy(model).eval().requires_grad_(False)
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    norms = [part for part in adapted.modules() if isinstance(part, kinds)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    count = 0
    with torch.no_grad():
        for pictures in loader:
            adapted(pictures)
            count += 1
    if count == 0:
        raise ValueError("no batch")
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return adapted.eval()
