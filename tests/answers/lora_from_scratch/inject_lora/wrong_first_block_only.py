# It breaks: wherever it is: here the first layer of each target is wrapped only.
from torch import nn


def inject_lora(model, targets, r, alpha):
    paths = []
    for path, layer in model.named_modules():
        if isinstance(layer, nn.Linear) and any(path == t or path.endswith("." + t) for t in targets):
            paths.append(path)
    paths = [next(p for p in paths if p.endswith(t)) for t in targets if any(p.endswith(t) for p in paths)]
    for path in paths:
        parent, _, name = path.rpartition(".")
        layer = LoRALinear(model.get_submodule(path), r, alpha)  # noqa: F821
        setattr(model.get_submodule(parent), name, layer)
    return paths
