def count_parameters(layers):
    total, each = 0, []
    for layer in layers:
        match layer:
            case {"kind": "Linear", "in_features": i, "out_features": o}:
                n = i * o
                if "bias" not in layer or layer["bias"]:
                    n += o
            case {"kind": "Conv2d", "in_channels": i, "out_channels": o, "kernel_size": k}:
                n = i * o * k**2
                if "bias" not in layer or layer["bias"]:
                    n += o
            case {"kind": "BatchNorm2d", "num_features": f}:
                n = f * 2
            case {"kind": "Embedding", **rest}:
                n = rest["num_embeddings"] * rest["embedding_dim"]
            case _:
                n = 0
        each.append(n)
        total += n
    return each, total
