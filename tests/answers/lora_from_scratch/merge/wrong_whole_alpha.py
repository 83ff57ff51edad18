# It breaks: the update is alpha / r times B A: here alpha is a whole number.
from torch import nn


def merge(layer):
    if layer.merged:
        return layer
    layer.kept = [layer.base.weight]
    update = int(layer.alpha) / layer.r * (layer.B @ layer.A).detach()
    layer.base.weight = nn.Parameter(layer.kept[0].detach() + update, requires_grad=False)
    layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = layer.kept[0]
        layer.merged = False
    return layer
