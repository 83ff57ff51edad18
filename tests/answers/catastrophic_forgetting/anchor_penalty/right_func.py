import copy

import torch
import torch.nn.functional as F
from torch.func import functional_call


def take_anchor(model, head):
    kept = {k: torch.empty_like(v).copy_(v.data) for k, v in model.named_parameters()}
    for k in list(kept):
        if k == head or k.startswith(f"{head}."):
            del kept[k]
    return kept


def fisher(model, anchor, x, y):
    twin = copy.deepcopy(model).eval()
    here = {k: p.detach().clone().requires_grad_() for k, p in twin.named_parameters() if k in anchor}
    sums = dict.fromkeys(here, 0.0)
    for xi, yi in zip(x.split(1), y.split(1)):
        loss = F.nll_loss(functional_call(twin, here, (xi,)).log_softmax(-1), yi)
        for k, g in zip(here, torch.autograd.grad(loss, tuple(here.values()))):
            sums[k] = sums[k] + g.pow(2)
    return {k: v.div(len(y)) for k, v in sums.items()}


def anchor_penalty(model, anchor, weight=None):
    total = torch.zeros(())
    for name, p in model.named_parameters():
        if name in anchor:
            gap = (
                F.mse_loss(p, anchor[name], reduction="sum")
                if weight is None
                else (weight[name] * (p - anchor[name]) ** 2).sum()
            )
            total = total + gap
    return total
