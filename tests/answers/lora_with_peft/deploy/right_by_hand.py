import copy

import torch
from torch import nn


def deploy(model):
    plain = copy.deepcopy(model).base_model.model
    for path, part in list(plain.named_modules()):
        if hasattr(part, "lora_A") and len(part.lora_A):
            (name,) = part.lora_A
            layer = part.base_layer
            with torch.no_grad():
                update = part.scaling[name] * (part.lora_B[name].weight @ part.lora_A[name].weight)
                if type(layer).__name__ == "Conv1D":
                    update = update.T
                layer.weight = nn.Parameter(layer.weight + update)
            plain.set_submodule(path, layer)
    for path, part in list(plain.named_modules()):
        if hasattr(part, "modules_to_save"):
            plain.set_submodule(path, next(iter(part.modules_to_save.values())))
    if isinstance(plain.get_output_embeddings(), nn.Module):
        same = plain.get_output_embeddings().weight is plain.get_input_embeddings().weight
        plain.config.tie_word_embeddings = same
    return plain.eval()
