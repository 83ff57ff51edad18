# It breaks: the number of parameters of each layer. Here each number is the sum so far.
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
    counts, total = [], 0
    for layer in layers:
        total += one(layer)
        counts.append(total)
    return counts, total
