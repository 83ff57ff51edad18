# It breaks: for an empty list it returns [], 0. Here it is an error.
def one(layer):
    kind, bias = layer["kind"], layer.get("bias", True)
    if kind == "Linear":
        return layer["in_features"] * layer["out_features"] + bias * layer["out_features"]
    if kind == "Conv2d":
        return (layer["in_channels"] * layer["kernel_size"] ** 2 + bias) * layer["out_channels"]
    if kind == "BatchNorm2d":
        return 2 * layer["num_features"]
    if kind == "Embedding":
        return layer["num_embeddings"] * layer["embedding_dim"]
    return 0


def count_parameters(layers):
    total = one(layers[0])
    counts = [total]
    for layer in layers[1:]:
        counts.append(one(layer))
        total += counts[-1]
    return counts, total
