"""An update that costs nothing when the model is used."""

from __future__ import annotations

import torch
from torch import nn

from tlcore.reference.lora_from_scratch.lora_delta import lora_delta
from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear


def merge(layer: LoRALinear) -> LoRALinear:
    """Put the update into the weight: the same output for one matrix product. Doing it twice is doing it once.

    The layer gets a weight of its own and the old one is kept as it is. So `unmerge` restores it to the last bit, and
    who else holds the old one (a tied embedding) does not notice. Returns `layer`, changed in place.
    """
    if not layer.merged:
        # A tuple, because a parameter that is assigned to a module becomes one of its parameters.
        layer.unmerged_weight = (layer.base.weight,)  # type: ignore[assignment]
        with torch.no_grad():
            merged = layer.base.weight + lora_delta(layer.A, layer.B, layer.alpha)
        layer.base.weight = nn.Parameter(merged, requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer: LoRALinear) -> LoRALinear:
    """Put the weight from before `merge` back, and the branch to work. Returns `layer`, changed in place."""
    if layer.merged:
        (layer.base.weight,) = layer.unmerged_weight  # type: ignore[misc]
        layer.merged = False
    return layer
