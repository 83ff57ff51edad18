"""Which tensors of a model a few training steps change, read off a description of the set-up."""

from __future__ import annotations

from typing import Any


def what_changes(setup: dict[str, Any]) -> set[str]:
    """The keys of the state dict whose values are other ones after training.

    Args:
        setup: `layers` is a list of dicts with `name`, `kind` ("linear", "conv", "embedding", "batch_norm" or
            "layer_norm"), `frozen`, `mode` ("train" or "eval"), `lora` (bool) and `weight_of` (the name of a layer with
            which it shares its weight, or None); `optimizer` lists the names of the layers whose parameters it holds;
            `steps` is the number of steps; `keys` are all keys of the state dict.

    Returns:
        Some of `keys`, as they are or as patterns such as "body.*".
    """
    layers = {layer["name"]: layer for layer in setup["layers"]}
    changed = set()
    for key in setup["keys"]:
        name, _, tensor = key.rpartition(".")  # "body.norm.weight" is the tensor "weight" of the layer "body.norm"
        layer = layers[name]
        # 1. a buffer: who writes into it, and when?
        # 2. a factor of LoRA: has it a gradient in the first step?
        # 3. a parameter: whose is it, may it learn, and does the optimizer hold it?
        ### BEGIN SOLUTION
        owner = layers[layer["weight_of"] or name] if tensor == "weight" else layer
        sharing = [n for n, other in layers.items() if other["weight_of"] == owner["name"]]
        users = [owner["name"], *sharing] if tensor == "weight" else [name]
        held = any(user in setup["optimizer"] for user in users)
        if tensor in ("running_mean", "running_var", "num_batches_tracked"):
            moves = layer["mode"] == "train"
        elif tensor == "lora_A":
            moves = held and setup["steps"] > 1
        elif tensor == "lora_B":
            moves = held
        else:
            moves = held and not owner["frozen"] and not layer["lora"]
        if moves:
            changed.add(key)
        ### END SOLUTION
    return changed
