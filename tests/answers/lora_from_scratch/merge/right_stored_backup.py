import torch
from torch import nn


def merge(layer):
    if layer.merged:
        return
    old = layer.base.weight
    layer.register_buffer("backup", old.detach().clone(), persistent=False)
    with torch.no_grad():
        layer.base.weight = nn.Parameter(old + lora_delta(layer.A, layer.B, layer.alpha))  # noqa: F821
    layer.base.weight.requires_grad = False
    layer.merged = True


def unmerge(layer):
    if layer.merged:
        layer.base.weight = nn.Parameter(layer.backup.clone(), requires_grad=False)
        layer.merged = False
