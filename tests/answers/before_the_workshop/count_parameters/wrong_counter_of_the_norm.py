# It breaks: running statistics are no parameters. Here the counter of batches is one.
def one(layer):
    kind, bias = layer["kind"], layer.get("bias", True)
    if kind == "Linear":
        return layer["in_features"] * layer["out_features"] + bias * layer["out_features"]
    if kind == "Conv2d":
        return (layer["in_channels"] * layer["kernel_size"] ** 2 + bias) * layer["out_channels"]
    if kind == "BatchNorm2d":
        return 2 * layer["num_features"] + 1
    if kind == "Embedding":
        return layer["num_embeddings"] * layer["embedding_dim"]
    return 0


def count_parameters(layers):
    counts = [one(layer) for layer in layers]
    return counts, sum(counts)
