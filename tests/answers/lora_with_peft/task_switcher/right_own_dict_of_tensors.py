import json
import os

import torch
from safetensors.torch import load_file


class TaskSwitcher:
    """Without PEFT: the update is added to the outputs of the layers by hooks."""

    def __init__(self, base):
        self.base = base.eval()
        self.tasks = {}

    def add(self, task, path):
        with open(os.path.join(path, "adapter_config.json")) as file:
            config = json.load(file)
        tensors = load_file(os.path.join(path, "adapter_model.safetensors"))
        scale = config["lora_alpha"] / config["r"]
        layers, head = {}, {}
        for name, value in tensors.items():
            name = name.removeprefix("base_model.model.")
            if ".lora_" in name:
                layer, _, factor = name.removesuffix(".weight").rpartition(".lora_")
                layers.setdefault(layer, {})[factor] = value
            else:
                head[name] = value
        self.tasks[task] = scale, layers, head

    @torch.no_grad()
    def logits(self, task, batch):
        if task is None:
            return self.base(**batch).logits
        scale, layers, head = self.tasks[task]
        hooks = []
        for path, factors in layers.items():

            def hook(module, inputs, output, factors=factors):
                return output + scale * (inputs[0] @ factors["A"].T @ factors["B"].T)

            hooks.append(self.base.get_submodule(path).register_forward_hook(hook))
        state = self.base.state_dict()
        before = {name: state[name].clone() for name in head}
        try:
            self.base.load_state_dict(head, strict=False)
            return self.base(**batch).logits
        finally:
            self.base.load_state_dict(before, strict=False)
            for hook in hooks:
                hook.remove()
