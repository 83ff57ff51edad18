# It breaks: the layer then works with A and B as they are now: here unmerge brings back the old ones.
from torch import nn


def merge(layer):
    if layer.merged:
        return layer
    layer.kept = [layer.base.weight]
    update = layer.alpha / layer.r * (layer.B @ layer.A).detach()
    layer.base.weight = nn.Parameter(layer.kept[0].detach() + update, requires_grad=False)
    layer.factors = layer.A.detach().clone(), layer.B.detach().clone()
    layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = layer.kept[0]
        layer.A.data, layer.B.data = layer.factors
        layer.merged = False
    return layer
