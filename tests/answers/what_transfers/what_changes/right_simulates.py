# Builds the parameters as numbers and takes the steps: what is another number at the end has changed.
def what_changes(setup):
    layers = {layer["name"]: layer for layer in setup["layers"]}

    def place(key):
        name, _, tensor = key.rpartition(".")
        if tensor == "weight" and layers[name]["weight_of"]:
            name = layers[name]["weight_of"]
        return name, tensor

    values = {place(key): 0 if key.endswith("lora_B") else 1 for key in setup["keys"]}
    before = dict(values)
    held = {place(key) for key in setup["keys"] if key.rpartition(".")[0] in setup["optimizer"]}
    for _ in range(setup["steps"]):
        gradients = {}
        for name, tensor in values:
            layer = layers[name]
            if tensor in ("running_mean", "running_var", "num_batches_tracked"):
                if layer["mode"] == "train":
                    values[name, tensor] += 1
            elif tensor == "lora_A":
                gradients[name, tensor] = values[name, "lora_B"]
            elif tensor == "lora_B":
                gradients[name, tensor] = 1
            elif not layer["frozen"] and not layer["lora"]:
                gradients[name, tensor] = 1
        for parameter, gradient in gradients.items():
            if parameter in held:
                values[parameter] += gradient
    return [key for key in setup["keys"] if values[place(key)] != before[place(key)]]
