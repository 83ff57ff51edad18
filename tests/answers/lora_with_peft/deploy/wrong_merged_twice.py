# It breaks: it answers as the adapted model: here the update is in the weights twice.
import copy

from torch import nn


def deploy(model):
    twin = copy.deepcopy(model)
    out = twin.base_model.model.get_output_embeddings()
    if out is not None and hasattr(out, "base_layer"):
        out.base_layer.weight = nn.Parameter(out.base_layer.weight.detach().clone())
        twin.base_model.model.config.tie_word_embeddings = False
    for part in twin.modules():
        if hasattr(part, "scaling") and hasattr(part, "lora_A"):
            for name in part.scaling:
                part.scaling[name] *= 2
    return twin.merge_and_unload().eval()
