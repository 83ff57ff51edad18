# It breaks: the same output as before, for A and B as they are: here the first update is used for ever.
from torch import nn


def merge(layer):
    if layer.merged:
        return layer
    layer.kept = [layer.base.weight]
    if not hasattr(layer, "update"):
        layer.update = layer.alpha / layer.r * (layer.B @ layer.A).detach()
    update = layer.update
    layer.base.weight = nn.Parameter(layer.kept[0].detach() + update, requires_grad=False)
    layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = layer.kept[0]
        layer.merged = False
    return layer
