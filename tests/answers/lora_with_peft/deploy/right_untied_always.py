import copy

from torch import nn


def deploy(model):
    twin = copy.deepcopy(model)
    inner = twin.base_model.model
    out = inner.get_output_embeddings()
    if out is not None and getattr(inner.config, "tie_word_embeddings", False):
        layer = getattr(out, "base_layer", out)
        layer.weight = nn.Parameter(layer.weight.data.clone())
        inner.config.tie_word_embeddings = False
    result = twin.merge_and_unload()
    result.eval()
    return result
