"""Wrong ideas about `merge`."""

from __future__ import annotations

import copy
from typing import Any

from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_from_scratch.lora_delta import lora_delta as sound_lora_delta
from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear
from tlcore.reference.lora_from_scratch.merge import merge as sound_merge
from tlcore.reference.lora_from_scratch.merge import unmerge as sound_unmerge


def _merge(layer: Any, delta: Tensor) -> LoRALinear:
    """What the reference does, with the update that a wrong idea chooses."""
    if not layer.merged:
        layer.unmerged_weight = (layer.base.weight,)
        layer.base.weight = nn.Parameter(layer.base.weight.detach() + delta, requires_grad=False)
        layer.merged = True
    return layer


def _delta(layer: Any) -> Tensor:
    return sound_lora_delta(layer.A, layer.B, layer.alpha).detach()


def _wrong_merge(asks: str) -> Any:
    return misconception(replaces="*", asks=asks)


@_wrong_merge("The weight holds the update now. What does the forward pass still add?")
class branch_still_added:
    """The update is in the weight and in the branch."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        if not hasattr(layer, "unmerged_weight"):
            _merge(layer, _delta(layer)).merged = False
        return layer

    @staticmethod
    def unmerge(layer: Any) -> LoRALinear:
        if hasattr(layer, "unmerged_weight"):
            (layer.base.weight,) = layer.unmerged_weight
            del layer.unmerged_weight
        return layer


@_wrong_merge("What does your function do to a layer that is merged already?")
class merged_twice:
    """Each call adds the update again."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        if not layer.merged:
            return _merge(layer, _delta(layer))
        layer.base.weight = nn.Parameter(layer.base.weight.detach() + _delta(layer), requires_grad=False)
        return layer

    unmerge = staticmethod(sound_unmerge)


@_wrong_merge("By which number does the branch multiply B A before it adds it?")
class merged_without_scale:
    """B A is added to the weight, without alpha / r."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        return _merge(layer, (layer.B @ layer.A).detach())

    unmerge = staticmethod(sound_unmerge)


@_wrong_merge("Which way round is the weight of a linear layer in torch?")
class merged_transposed:
    """The update the other way round: an error, unless the layer is square."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        return _merge(layer, _delta(layer).T)

    unmerge = staticmethod(sound_unmerge)


@_wrong_merge("The factors may have changed since the merge. What was added then?")
class subtracts_the_current_update:
    """Unmerging computes the update again and takes it away."""

    merge = staticmethod(sound_merge)

    @staticmethod
    def unmerge(layer: Any) -> LoRALinear:
        if layer.merged:
            layer.base.weight = nn.Parameter(layer.base.weight.detach() - _delta(layer), requires_grad=False)
            layer.merged = False
        return layer


@_wrong_merge("Is (w + d) - d always w, in floating-point numbers?")
class subtracts_what_it_added:
    """Unmerging takes away what was added: right up to rounding, so not to the last bit."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        if not layer.merged:
            layer.added = _delta(layer)
        return _merge(layer, _delta(layer))

    @staticmethod
    def unmerge(layer: Any) -> LoRALinear:
        if layer.merged:
            layer.base.weight = nn.Parameter(layer.base.weight.detach() - layer.added, requires_grad=False)
            layer.merged = False
        return layer


@_wrong_merge("If an embedding uses this very tensor, what does it see after the merge?")
class merged_into_a_shared_weight:
    """Adds in place: whoever shares the tensor gets the update too."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        if not layer.merged:
            layer.backup = layer.base.weight.detach().clone()
            layer.base.weight.data += _delta(layer)
            layer.merged = True
        return layer

    @staticmethod
    def unmerge(layer: Any) -> LoRALinear:
        if layer.merged:
            layer.base.weight.data = layer.backup
            layer.merged = False
        return layer


@_wrong_merge("Whose layer did you merge: the one that was handed over, or a copy that can still change?")
class merged_copy_that_is_not_merged:
    """`merge` returns a copy with its branch still at work: nothing is in the weight."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        if hasattr(layer, "original"):
            return layer
        copied = copy.deepcopy(layer)
        copied.original = (layer,)
        return copied

    @staticmethod
    def unmerge(layer: Any) -> LoRALinear:
        return layer.original[0] if hasattr(layer, "original") else layer


@_wrong_merge("If two layers are merged one after the other, where is the old weight of the first?")
class one_backup_for_all:
    """One variable for the old weight: the second layer that is merged overwrites the first one's."""

    backup: Any = None

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        if not layer.merged:
            one_backup_for_all.backup = layer.base.weight
        return _merge(layer, _delta(layer))

    @staticmethod
    def unmerge(layer: Any) -> LoRALinear:
        if layer.merged:
            layer.base.weight = one_backup_for_all.backup
            layer.merged = False
        return layer


@_wrong_merge("Can A and B still learn after a layer was merged and unmerged?")
class factors_stay_frozen:
    """merge freezes A and B, and unmerge does not undo that."""

    @staticmethod
    def merge(layer: Any) -> LoRALinear:
        layer.A.requires_grad_(False)
        layer.B.requires_grad_(False)
        return _merge(layer, _delta(layer))

    unmerge = staticmethod(sound_unmerge)
