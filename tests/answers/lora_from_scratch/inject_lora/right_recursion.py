from torch import nn


def inject_lora(model, targets, r, alpha, prefix=""):
    done = []
    for name, child in list(model.named_children()):
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(child, LoRALinear):  # noqa: F821
            continue
        if isinstance(child, nn.Linear) and any(path == t or path.endswith("." + t) for t in targets):
            setattr(model, name, LoRALinear(child, r, alpha))  # noqa: F821
            done.append(path)
        else:
            done += inject_lora(child, targets, r, alpha, path)
    return done
