def count_parameters(layers):
    if not layers:
        return [], 0
    first, rest = layers[0], layers[1:]
    n = 0
    if first["kind"] in ("Linear", "Conv2d"):
        a = first.get("in_features") or first.get("in_channels")
        b = first.get("out_features") or first.get("out_channels")
        n = a * b * first.get("kernel_size", 1) ** 2 + (b if first.get("bias", True) else 0)
    elif first["kind"] == "BatchNorm2d":
        n = 2 * first["num_features"]
    elif first["kind"] == "Embedding":
        n = first["num_embeddings"] * first["embedding_dim"]
    counts, total = count_parameters(rest)
    return [n] + counts, n + total
