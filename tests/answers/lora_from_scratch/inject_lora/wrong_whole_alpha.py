# It breaks: LoRALinear(that layer, r, alpha): here alpha is a whole number.
from torch import nn


def inject_lora(model, targets, r, alpha):
    paths = []
    for path, layer in model.named_modules():
        if isinstance(layer, nn.Linear) and any(path == t or path.endswith("." + t) for t in targets):
            paths.append(path)
    for path in paths:
        parent, _, name = path.rpartition(".")
        layer = LoRALinear(model.get_submodule(path), r, round(alpha))  # noqa: F821
        setattr(model.get_submodule(parent), name, layer)
    return paths
