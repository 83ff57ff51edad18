import torch
from torch import nn


def merge(layer):
    if "forward" not in vars(layer):
        plain = nn.Linear(layer.base.in_features, layer.base.out_features, dtype=layer.base.weight.dtype)
        with torch.no_grad():
            plain.weight.copy_(layer.base.weight + layer.alpha * (layer.B @ layer.A) / layer.r)
            plain.bias.copy_(layer.base.bias) if layer.base.bias is not None else plain.bias.zero_()
        layer.forward = plain.forward
    return layer


def unmerge(layer):
    vars(layer).pop("forward", None)
    return layer
