# Targets are names of layers: here all that end like one.

def count_trainable(spec):
    def count(l):
        if l["kind"] == "linear":
            weight = 0 if l.get("weight_of") else l["n_in"] * l["n_out"]
            return weight + l["n_out"] * l["bias"]
        if l["kind"] == "conv":
            return l["n_out"] * (l["n_in"] * l["kernel"][0] * l["kernel"][1] + l["bias"])
        if l["kind"] == "batch_norm":
            return 2 * l["width"]
        if l["kind"] == "layer_norm":
            return 2 * l["width"]
        return l["n_words"] * l["width"]

    head = spec["head"]["n_out"] * (spec["head"]["n_in"] + spec["head"]["bias"])
    body = sum(count(l) for l in spec["layers"])
    r = spec["lora"]["r"]
    factors = sum(r * (l["n_in"] + l["n_out"]) for l in spec["layers"] if l["kind"] == "linear" and not l.get("weight_of") and any(l["name"].split(".")[-1] == t.split(".")[-1] for t in spec["lora"]["targets"]))
    return {"feature_extraction": head, "full_ft": body + head, "lora": factors + head}
