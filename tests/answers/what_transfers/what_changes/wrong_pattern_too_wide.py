# It breaks: the keys that change and no others. Here patterns take in other layers, too.
def what_changes(setup):
    layers = {layer["name"]: layer for layer in setup["layers"]}
    changed = set()
    for key in setup["keys"]:
        name, _, tensor = key.rpartition(".")
        layer = layers[name]
        held = name in setup["optimizer"]
        if tensor in ("running_mean", "running_var", "num_batches_tracked"):
            moves = layer["mode"] == "train"
        elif tensor == "lora_B":
            moves = held
        elif tensor == "lora_A":
            moves = held and setup["steps"] > 1
        elif tensor == "weight":
            owner = layers[layer["weight_of"] or name]
            users = [n for n, l in layers.items() if n == owner["name"] or l["weight_of"] == owner["name"]]
            moves = any(u in setup["optimizer"] for u in users) and not owner["frozen"] and not owner["lora"] and not layer["lora"]
        else:
            moves = held and not layer["frozen"] and not layer["lora"]
        if moves:
            changed.add(key)
    return {k.rpartition('.')[0].split('.')[0] + '*.' + k.rpartition('.')[2] for k in changed}
