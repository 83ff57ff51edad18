# It breaks: it is in eval mode: here in train mode.
import copy

from torch import nn


def deploy(model):
    twin = copy.deepcopy(model)
    out = twin.base_model.model.get_output_embeddings()
    if out is not None and hasattr(out, "base_layer"):
        out.base_layer.weight = nn.Parameter(out.base_layer.weight.detach().clone())
        twin.base_model.model.config.tie_word_embeddings = False
    return twin.merge_and_unload().train()
