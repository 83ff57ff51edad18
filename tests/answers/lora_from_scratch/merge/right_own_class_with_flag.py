import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Linear(base.in_features, r, bias=False, dtype=base.weight.dtype)
        self.up = nn.Linear(r, base.out_features, bias=False, dtype=base.weight.dtype)
        nn.init.zeros_(self.up.weight)
        self.scale = alpha / r
        self.whole = None

    def forward(self, x):
        if self.whole is not None:
            return F.linear(x, self.whole, self.base.bias)
        return self.base(x) + self.scale * self.up(self.down(x))


def merge(layer):
    if layer.whole is None:
        with torch.no_grad():
            layer.whole = layer.base.weight + layer.scale * layer.up.weight @ layer.down.weight
    return layer


def unmerge(layer):
    layer.whole = None
    return layer
