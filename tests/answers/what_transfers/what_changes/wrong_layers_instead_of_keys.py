# The keys that change and no others: here whole layers in which something changes.

def what_changes(setup):
    layers = {layer["name"]: layer for layer in setup["layers"]}
    changed = set()
    for key in setup["keys"]:
        name, _, tensor = key.rpartition(".")
        layer = layers[name]
        owner = layers[layer["weight_of"] or name] if tensor == "weight" else layer
        users = [n for n, other in layers.items() if (other["weight_of"] or n) == owner["name"]]
        held = any(u in setup["optimizer"] for u in users) if tensor == "weight" else name in setup["optimizer"]
        if tensor in ("running_mean", "running_var", "num_batches_tracked"):
            moves = layer["mode"] == "train"
        elif tensor == "lora_A":
            moves = held and setup["steps"] > 1
        elif tensor == "lora_B":
            moves = held
        else:
            moves = held and not owner["frozen"] and not layer["lora"]
        if moves:
            changed.add(key)
    return {key.rpartition(".")[0] + ".*" for key in changed}
