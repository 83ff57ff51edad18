import copy


def save_adapter(model, head="head"):
    layers = {}
    for path, module in model.named_modules():
        if type(module).__name__ == "LoRALinear":
            layers[path] = (module.r, module.alpha, module.A.detach().clone(), module.B.detach().clone())
    return layers, head, copy.deepcopy(model.get_submodule(head).state_dict())


def load_adapter(model, adapter):
    layers, head, state = adapter
    for path, (r, alpha, A, B) in layers.items():
        layer = LoRALinear(model.get_submodule(path), r, alpha)  # noqa: F821
        layer.A.data.copy_(A)
        layer.B.data.copy_(B)
        model.set_submodule(path, layer)
    model.get_submodule(head).load_state_dict(state)
