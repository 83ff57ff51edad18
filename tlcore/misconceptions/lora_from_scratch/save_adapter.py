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


@misconception(replaces="*", asks="Your function was told what the head is called. Where do you use that name?")
class head_hard_coded:
    """Always "head", whatever the argument says: a head of another name is not saved."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        named = [name for name, _ in model.named_modules() if name == "head"]
        return _save(model, *named or [""])

    load_adapter = staticmethod(_load)


@misconception(replaces="*", asks="Is alpha always a whole number?")
class alpha_rounded:
    """alpha is kept as an integer."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        saved = _save(model, head)
        return {**saved, "alpha": int(saved["alpha"])}

    load_adapter = staticmethod(_load)


@misconception(replaces="*", asks="Which tensors of a LoRA layer does everybody have already?")
class base_weights_of_the_layers:
    """Whole LoRA layers, with the weights of their bases in them: an updated base is overwritten."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        saved = _save(model, head)
        for path, layer in _layers(model).items():
            saved["tensors"] |= {f"{path}.{name}": value.clone() for name, value in layer.state_dict().items()}
        return saved

    load_adapter = staticmethod(_load)


@misconception(replaces="*", asks="In what mode should the model be after it was saved?")
class saved_in_eval_mode:
    """Saving puts the model into eval mode and leaves it there."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        return _save(model.eval(), head)

    load_adapter = staticmethod(_load)


@misconception(replaces="*", asks="If a loaded model trains on, do the numbers in the adapter move along?")
class shares_its_tensors_when_loaded:
    """The loaded model uses the adapter's own tensors: to train it changes the adapter."""

    save_adapter = staticmethod(_save)

    @staticmethod
    def load_adapter(model: nn.Module, adapter: dict[str, Any]) -> nn.Module:
        _load(model, adapter)
        own = dict(model.named_parameters())
        for name, value in adapter["tensors"].items():
            own[name].data = value
        return model


@misconception(replaces="*", asks="Which parameters of the loaded model can learn, and which should?")
class thaws_what_it_loads_into:
    """The whole loaded model can learn, its base as well."""

    save_adapter = staticmethod(_save)

    @staticmethod
    def load_adapter(model: nn.Module, adapter: dict[str, Any]) -> nn.Module:
        return _load(model, adapter).requires_grad_(True)
