from torch import nn


def inject_lora(model, targets, r, alpha):
    linears = {path for path, layer in model.named_modules() if type(layer) is nn.Linear}
    wrapped = set()
    for target in targets:
        wrapped |= {path for path in linears if ("." + path).endswith("." + target)}
    for path in wrapped:
        model.set_submodule(path, LoRALinear(model.get_submodule(path), r, alpha))  # noqa: F821
    return sorted(wrapped)
