# It breaks: the same output as before, up to rounding: here rounded to single precision.
from torch import nn


def merge(layer):
    if layer.merged:
        return layer
    layer.kept = [layer.base.weight]
    update = layer.alpha / layer.r * (layer.B @ layer.A).detach()
    layer.base.weight = nn.Parameter(
        (layer.kept[0].detach().float() + update.float()).to(update.dtype), requires_grad=False
    )
    layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = layer.kept[0]
        layer.merged = False
    return layer
