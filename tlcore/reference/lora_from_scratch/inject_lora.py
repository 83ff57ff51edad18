"""LoRA layers in the place of the layers that a list of targets names."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn

from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear


def inject_lora(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Put a LoRALinear around each linear layer of `model` that `targets` names, in place.

    Args:
        model: any module; only the named layers change, everything else keeps its flags and weights.
        targets: a layer is meant where its path is one of these or ends with a dot and one of these ("q_proj" means
            "layers.0.self_attn.q_proj" but not "layers.0.self_attn.my_q_proj"), as PEFT's `target_modules`.
        r, alpha: passed on to LoRALinear.

    Returns:
        The paths of the layers that were wrapped by this call. A layer that is wrapped already is left alone.
    """
    endings = tuple("." + target for target in targets)
    wanted = [
        path
        for path, module in model.named_modules()
        if isinstance(module, nn.Linear) and ("." + path).endswith(endings)
    ]
    # The list is complete before the first layer is replaced: who changes a tree while walking it meets his own layers.
    for path in wanted:
        parent, _, name = path.rpartition(".")
        base = model.get_submodule(path)
        assert isinstance(base, nn.Linear)
        setattr(model.get_submodule(parent), name, LoRALinear(base, r, alpha))
    return wanted
