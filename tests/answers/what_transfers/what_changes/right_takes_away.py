# Begins with all keys and takes away what stands still; helper functions and a frozenset.
def layer_of(key):
    return key[: key.rindex(".")]


def what_changes(setup):
    by_name = {layer["name"]: layer for layer in setup["layers"]}
    same_weight = {}
    for name, layer in by_name.items():
        same_weight.setdefault(layer["weight_of"] or name, []).append(name)

    def still(key):
        layer, tensor = by_name[layer_of(key)], key[key.rindex(".") + 1 :]
        if tensor.startswith("running_") or tensor.startswith("num_"):
            return layer["mode"] == "eval"
        if tensor == "weight":
            owner = layer["weight_of"] or layer["name"]
            return (
                by_name[owner]["frozen"]
                or layer["lora"]
                or not any(name in setup["optimizer"] for name in same_weight[owner])
            )
        if layer["name"] not in setup["optimizer"]:
            return True
        if tensor.startswith("lora"):
            return tensor == "lora_A" and setup["steps"] < 2
        return layer["frozen"] or layer["lora"]

    return frozenset(key for key in setup["keys"] if not still(key))
