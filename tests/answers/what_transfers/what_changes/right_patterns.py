# Patterns for whole layers where that is possible; goes layer by layer.
def what_changes(setup):
    held = set(setup["optimizer"])
    found = set()
    frozen = {layer["name"]: layer["frozen"] for layer in setup["layers"]}
    for layer in setup["layers"]:
        name = layer["name"]
        if layer["kind"] == "batch_norm" and layer["mode"] == "train":
            found |= {f"{name}.running_*", f"{name}.num_batches_tracked"}
        if layer["lora"]:
            if name in held:
                found.add(f"{name}.lora_B" if setup["steps"] == 1 else f"{name}.lora_?")
            continue
        if name in held and not layer["frozen"]:
            found.add(f"{name}.bias")
        owner = layer["weight_of"] or name
        family = {other["name"] for other in setup["layers"] if (other["weight_of"] or other["name"]) == owner}
        if family & held and not frozen[owner]:
            found.add(f"{name}.weight")
    return found
