# It breaks: targets are names of layers. Here a name that ends with a target is one as well.
def count_trainable(spec):
    def count(layer):
        kind = layer["kind"]
        if kind == "linear":
            weight = 0 if layer.get("weight_of") else layer["n_in"] * layer["n_out"]
            return weight + layer["bias"] * layer["n_out"]
        if kind == "conv":
            height, width = layer["kernel"]
            return layer["n_in"] * layer["n_out"] * height * width + layer["bias"] * layer["n_out"]
        if kind == "embedding":
            return layer["n_words"] * layer["width"]
        return 2 * layer["width"]

    head = spec["head"]["n_in"] * spec["head"]["n_out"] + spec["head"]["bias"] * spec["head"]["n_out"]
    body = sum(count(layer) for layer in spec["layers"])
    r, targets = spec["lora"]["r"], spec["lora"]["targets"]
    factors = sum(r * (layer["n_in"] + layer["n_out"]) for layer in spec["layers"] if any(layer["name"].endswith(t) for t in targets))
    return {"feature_extraction": head, "full_ft": body + head, "lora": factors + head}
