# It breaks: it holds what is needed for r and alpha: here alpha is twice r.
def save_adapter(model, head="head"):
    layers = {p: m for p, m in model.named_modules() if isinstance(m, LoRALinear)}  # noqa: F821
    first = next(iter(layers.values()))
    factors = [f"{path}.{name}" for path in layers for name in "AB"]
    state = {n: v.detach().clone() for n, v in model.state_dict().items() if n in factors or n.startswith(head + ".")}
    return {"paths": list(layers), "r": first.r, "alpha": 2 * first.r, "state": state}


def load_adapter(model, adapter):
    inject_lora(model, adapter["paths"], adapter["r"], adapter["alpha"])  # noqa: F821
    model.load_state_dict(adapter["state"], strict=False)
    return model
