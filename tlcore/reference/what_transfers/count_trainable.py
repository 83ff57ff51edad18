"""How many numbers learn: with the head alone, with everything, and with LoRA beside the head."""

from __future__ import annotations

from typing import Any


def count_trainable(spec: dict[str, Any]) -> dict[str, int]:
    """The number of trainable parameters of a described network under three techniques.

    Args:
        spec: `layers` is a list of dicts with `name` and `kind` and their sizes (linear: `n_in`, `n_out`, `bias`,
            perhaps `weight_of`; conv: `n_in`, `n_out`, `kernel` (height, width), `bias`; batch_norm and layer_norm:
            `width`; embedding: `n_words`, `width`). `head` is a dict with `n_in`, `n_out` and `bias`. `lora` has
            `targets` (names of linear layers), `r` and `alpha`.

    Returns:
        The counts by "feature_extraction", "full_ft" and "lora".
    """

    def count(layer):
        # 1. weights and biases of one layer of the body, by its kind
        ### BEGIN SOLUTION
        match layer["kind"]:
            case "linear":
                weight = 0 if layer.get("weight_of") else layer["n_in"] * layer["n_out"]
                return weight + layer["n_out"] * layer["bias"]
            case "conv":
                height, width = layer["kernel"]
                return layer["n_out"] * (layer["n_in"] * height * width + layer["bias"])
            case "batch_norm" | "layer_norm":
                return 2 * layer["width"]
            case "embedding":
                return layer["n_words"] * layer["width"]
        ### END SOLUTION

    # 2. the head; the body; the two factors beside each target
    # 3. which of them learn under each technique?
    ### BEGIN SOLUTION
    head = spec["head"]["n_out"] * (spec["head"]["n_in"] + spec["head"]["bias"])
    body = sum(count(layer) for layer in spec["layers"])
    adapted = [layer for layer in spec["layers"] if layer["name"] in spec["lora"]["targets"]]
    factors = sum(spec["lora"]["r"] * (layer["n_in"] + layer["n_out"]) for layer in adapted)
    return {"feature_extraction": head, "full_ft": body + head, "lora": factors + head}
    ### END SOLUTION
