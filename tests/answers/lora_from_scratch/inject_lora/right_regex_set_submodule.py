import re

from torch import nn


def inject_lora(model, targets, r, alpha):
    pattern = re.compile(r"(^|.*\.)(" + "|".join(map(re.escape, targets)) + r")$")
    modules = dict(model.named_modules())
    found = []
    for name in modules:
        if pattern.match(name) and type(modules[name]) is nn.Linear:
            model.set_submodule(name, LoRALinear(modules[name], r, alpha, 0.0))  # noqa: F821
            found.insert(0, name)
    return found
