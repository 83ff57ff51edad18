import json
import os
import tempfile

from safetensors import safe_open
from safetensors.torch import save_file


def save_adapter(model, head="head"):
    layers = {n: m for n, m in model.named_modules() if isinstance(m, LoRALinear)}  # noqa: F821
    tensors = {}
    for name, layer in layers.items():
        tensors[name + ".A"], tensors[name + ".B"] = layer.A.detach(), layer.B.detach()
    for name, value in model.get_submodule(head).state_dict().items():
        tensors[head + "." + name] = value
    settings = {name: [layer.r, layer.alpha] for name, layer in layers.items()}
    path = os.path.join(tempfile.mkdtemp(), "adapter.safetensors")
    save_file(tensors, path, metadata={"settings": json.dumps(settings)})
    return path


def load_adapter(model, adapter):
    with safe_open(adapter, "pt") as file:
        settings = json.loads(file.metadata()["settings"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for name, (r, alpha) in settings.items():
        model.set_submodule(name, LoRALinear(model.get_submodule(name), r, alpha))  # noqa: F821
    assert not model.load_state_dict(tensors, strict=False).unexpected_keys
