import copy


def save_adapter(model, head="head"):
    kept = {"head": (head, model.get_submodule(head)), "lora": {}}
    for name, module in model.named_modules():
        if isinstance(module, LoRALinear):  # noqa: F821
            kept["lora"][name] = {"A": module.A, "B": module.B, "alpha": module.alpha}
    return copy.deepcopy(kept)


def load_adapter(model, adapter):
    adapter = copy.deepcopy(adapter)
    for name, part in adapter["lora"].items():
        layer = LoRALinear(model.get_submodule(name), len(part["A"]), part["alpha"])  # noqa: F821
        layer.A, layer.B = part["A"], part["B"]
        model.set_submodule(name, layer)
    name, head = adapter["head"]
    model.set_submodule(name, head)
    return model
