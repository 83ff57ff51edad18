import io

import torch


def save_adapter(model, head="head"):
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    layers = [name for name, m in model.named_modules() if isinstance(m, LoRALinear)]  # noqa: F821
    first = model.get_submodule(layers[0])
    buffer = io.BytesIO()
    torch.save({"state": trained, "layers": layers, "r": first.r, "alpha": first.alpha}, buffer)
    return buffer


def load_adapter(model, adapter):
    adapter.seek(0)
    saved = torch.load(adapter)
    inject_lora(model, saved["layers"], saved["r"], saved["alpha"])  # noqa: F821
    own = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in saved["state"].items():
            own[name].copy_(value)
    return model
