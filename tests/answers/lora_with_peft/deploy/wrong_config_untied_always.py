# It breaks: saved and loaded, the same answers. Here the config says "not tied" where the output layer is tied still.
import copy

from torch import nn


def deploy(model):
    merged = copy.deepcopy(model)
    plain = merged.base_model.model
    plain.config.tie_word_embeddings = False
    if hasattr(plain.config, "vocab_size"):
        for part in merged.modules():
            if hasattr(part, "base_layer") and part.base_layer.weight is merged.get_input_embeddings().weight:
                part.base_layer.weight = nn.Parameter(part.base_layer.weight.detach().clone())
    return merged.merge_and_unload().eval()
