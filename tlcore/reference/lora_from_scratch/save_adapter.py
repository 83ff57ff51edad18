"""All that training changed, in a small file, and back."""

from __future__ import annotations

import torch
from safetensors.torch import load, save
from torch import nn

from tlcore.reference.lora_from_scratch.inject_lora import inject_lora
from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear


def save_adapter(model: nn.Module, head: str = "head") -> bytes:
    """All that training changed, as the bytes of a safetensors file: the factors, alpha, and the head.

    Args:
        model: a model with LoRALinear layers, all of one rank and one alpha.
        head: path of the module that was trained along with the factors.

    Raises:
        ValueError: if the model has no LoRALinear, or if they differ in rank or alpha.
    """
    layers = {path: module for path, module in model.named_modules() if isinstance(module, LoRALinear)}
    settings = {(layer.r, layer.alpha) for layer in layers.values()}
    if len(settings) != 1:
        raise ValueError(f"the model needs LoRALinear layers of one (r, alpha); found {sorted(settings)}")
    _, alpha = settings.pop()
    tensors = {f"{path}.{factor}": getattr(layer, factor) for path, layer in layers.items() for factor in "AB"}
    tensors |= {f"{head}.{name}": value for name, value in model.get_submodule(head).state_dict().items()}
    tensors["alpha"] = torch.tensor(alpha, dtype=torch.float64)
    return save({name: value.detach().contiguous() for name, value in tensors.items()})


def load_adapter(model: nn.Module, adapter: bytes) -> nn.Module:
    """Adapt a fresh copy of the base (without LoRA layers) as `save_adapter` saw it; in place. Returns `model`.

    Raises:
        RuntimeError: if the adapter does not fit the model.
    """
    tensors = load(adapter)
    alpha = float(tensors.pop("alpha"))
    ranks = {name.removesuffix(".A"): value.shape[0] for name, value in tensors.items() if name.endswith(".A")}
    inject_lora(model, list(ranks), next(iter(ranks.values())), alpha)
    _, left_over = model.load_state_dict(tensors, strict=False)
    # "Missing" are the base's own weights, as they should be; a tensor without a place would be a silent no-op.
    if left_over:
        raise RuntimeError(f"the model has no place for {', '.join(left_over)}: is it the same architecture?")
    return model
