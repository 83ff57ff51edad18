# It breaks: head="head": here the default is another.
def save_adapter(model, head="classifier"):
    layers = {p: m for p, m in model.named_modules() if isinstance(m, LoRALinear)}  # noqa: F821
    first = next(iter(layers.values()))
    factors = [f"{path}.{name}" for path in layers for name in "AB"]
    state = {n: v.detach().clone() for n, v in model.state_dict().items() if n in factors or n.startswith(head + ".")}
    return {"paths": list(layers), "r": first.r, "alpha": first.alpha, "state": state}


def load_adapter(model, adapter):
    inject_lora(model, adapter["paths"], adapter["r"], adapter["alpha"])  # noqa: F821
    model.load_state_dict(adapter["state"], strict=False)
    return model
