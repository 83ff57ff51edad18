import math

import numpy as np


def shapes(layer):
    kind, bias = layer["kind"], layer.get("bias", True)
    if kind == "Linear":
        yield layer["out_features"], layer["in_features"]
        if bias:
            yield (layer["out_features"],)
    if kind == "Conv2d":
        yield layer["out_channels"], layer["in_channels"], layer["kernel_size"], layer["kernel_size"]
        if bias:
            yield (layer["out_channels"],)
    if kind == "BatchNorm2d":
        yield (layer["num_features"],)
        yield (layer["num_features"],)
    if kind == "Embedding":
        yield layer["num_embeddings"], layer["embedding_dim"]


def count_parameters(layers):
    counts = np.array([sum(math.prod(shape) for shape in shapes(layer)) for layer in layers], dtype=int)
    return counts, counts.sum()
