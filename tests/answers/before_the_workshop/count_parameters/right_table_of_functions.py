RULES = {
    "Linear": lambda l: (l["in_features"] + l.get("bias", True)) * l["out_features"],
    "Conv2d": lambda l: (l["in_channels"] * l["kernel_size"] * l["kernel_size"] + l.get("bias", True)) * l["out_channels"],
    "BatchNorm2d": lambda l: l["num_features"] + l["num_features"],
    "Embedding": lambda l: l["embedding_dim"] * l["num_embeddings"],
}


def count_parameters(layers):
    each = tuple(RULES.get(layer["kind"], lambda l: 0)(layer) for layer in layers)
    return each, sum(each)
