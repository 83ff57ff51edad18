# A formula for each kind in a dict of lambdas, floats and an exact sum.
import math

FORMULA = {
    "linear": lambda l: (0 if l.get("weight_of") else l["n_in"] * l["n_out"]) + (l["n_out"] if l["bias"] else 0),
    "conv": lambda l: math.prod([l["n_in"], l["n_out"], *l["kernel"]]) + (l["n_out"] if l["bias"] else 0),
    "batch_norm": lambda l: l["width"] + l["width"],
    "layer_norm": lambda l: l["width"] + l["width"],
    "embedding": lambda l: l["n_words"] * l["width"],
}


def count_trainable(spec):
    head = FORMULA["linear"](spec["head"])
    by_name = {l["name"]: l for l in spec["layers"]}
    lora = spec["lora"]
    a = math.fsum(lora["r"] * by_name[t]["n_in"] for t in lora["targets"])
    b = math.fsum(lora["r"] * by_name[t]["n_out"] for t in lora["targets"])
    return {
        "lora": head + a + b,
        "full_ft": head + math.fsum(FORMULA[l["kind"]](l) for l in spec["layers"]),
        "feature_extraction": head,
    }
