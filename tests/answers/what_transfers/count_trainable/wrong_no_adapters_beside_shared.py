# It breaks: two factors beside each target. Here not beside a layer that shares its weight.
def count_trainable(spec):
    def count(layer):
        kind = layer["kind"]
        if kind == "linear":
            weight = 0 if layer.get("weight_of") else layer["n_in"] * layer["n_out"]
            return weight + (layer["n_out"] if layer["bias"] else 0)
        if kind == "conv":
            h, w = layer["kernel"]
            return layer["n_in"] * layer["n_out"] * h * w + (layer["n_out"] if layer["bias"] else 0)
        if kind == "embedding":
            return layer["n_words"] * layer["width"]
        return 2 * layer["width"]

    head = spec["head"]
    n_head = head["n_in"] * head["n_out"] + (head["n_out"] if head["bias"] else 0)
    body = sum(count(layer) for layer in spec["layers"])
    r = spec["lora"]["r"]
    adapters = sum(r * (l["n_in"] + l["n_out"]) for l in spec["layers"] if l["name"] in spec["lora"]["targets"] and not l.get("weight_of"))
    return {"feature_extraction": n_head, "full_ft": body + n_head, "lora": adapters + n_head}
