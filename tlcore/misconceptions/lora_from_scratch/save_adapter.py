"""Wrong ideas about `save_adapter`."""

from __future__ import annotations

from typing import Any

from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_from_scratch.inject_lora import inject_lora as sound_inject_lora
from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear


def _layers(model: nn.Module) -> dict[str, LoRALinear]:
    return {path: module for path, module in model.named_modules() if isinstance(module, LoRALinear)}


def _save(model: nn.Module, head: str, live: bool = False) -> dict[str, Any]:
    layers = _layers(model)
    tensors = {f"{path}.{name}": getattr(layer, name).data for path, layer in layers.items() for name in "AB"}
    if head:
        tensors |= {f"{head}.{name}": value.data for name, value in model.get_submodule(head).named_parameters()}
    if not live:
        tensors = {name: value.clone() for name, value in tensors.items()}
    first = next(iter(layers.values()))
    return {"paths": list(layers), "r": first.r, "alpha": first.alpha, "tensors": tensors}


def _load(model: nn.Module, adapter: dict[str, Any]) -> nn.Module:
    sound_inject_lora(model, adapter["paths"], adapter["r"], adapter["alpha"])
    model.load_state_dict(adapter["tensors"], strict=False)
    return model


@misconception(replaces="*", asks="What was trained besides the factors?")
class head_missing:
    """The factors without the head."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        return _save(model, "")

    load_adapter = staticmethod(_load)


@misconception(replaces="*", asks="Which of these tensors does whoever loads the adapter have already?")
class whole_model:
    """The whole state, the base's weights included: large, and it overwrites the base it is loaded into."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        state = {name: value.clone() for name, value in model.state_dict().items()}
        return {**_save(model, head), "tensors": state}

    load_adapter = staticmethod(_load)


@misconception(replaces="*", asks="Do the factors alone tell how strong the update is?")
class scale_not_saved:
    """The factors tell r; alpha is guessed to be the same."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        saved = _save(model, head)
        return {**saved, "alpha": saved["r"]}

    load_adapter = staticmethod(_load)


@misconception(replaces="*", asks="Which names did `load_state_dict` have no place for, and who heard of it?")
class not_injected:
    """`strict=False` on a model without LoRA layers: the factors go nowhere, in silence."""

    save_adapter = staticmethod(_save)

    @staticmethod
    def load_adapter(model: nn.Module, adapter: dict[str, Any]) -> nn.Module:
        model.load_state_dict(adapter["tensors"], strict=False)
        return model


@misconception(replaces="*", asks="If the model trains on, do the numbers in your adapter move along?")
class live_references:
    """The tensors themselves, not what they held when they were saved."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        return _save(model, head, live=True)

    load_adapter = staticmethod(_load)
