"""Parameters of described layers."""

from __future__ import annotations

from typing import Any


def count_parameters(layers: list[dict[str, Any]]) -> tuple[list[int], int]:
    """The number of parameters of each layer, and of all together."""
    counts = []
    for layer in layers:
        kind, bias = layer["kind"], layer.get("bias", True)
        # 1. weights and biases of this kind of layer
        # 2. add their number to the list; a kind without parameters has 0
        ### BEGIN SOLUTION
        if kind == "Linear":
            count = layer["in_features"] * layer["out_features"] + bias * layer["out_features"]
        elif kind == "Conv2d":
            weights_of_a_filter = layer["in_channels"] * layer["kernel_size"] ** 2
            count = (weights_of_a_filter + bias) * layer["out_channels"]
        elif kind == "BatchNorm2d":
            count = 2 * layer["num_features"]
        elif kind == "Embedding":
            count = layer["num_embeddings"] * layer["embedding_dim"]
        else:
            count = 0
        counts.append(count)
        ### END SOLUTION
    return counts, sum(counts)
