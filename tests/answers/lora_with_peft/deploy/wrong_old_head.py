# It breaks: it answers as the adapted model: here with the head from before training.
import copy

from torch import nn


def deploy(model):
    twin = copy.deepcopy(model)
    out = twin.base_model.model.get_output_embeddings()
    if out is not None and hasattr(out, "base_layer"):
        out.base_layer.weight = nn.Parameter(out.base_layer.weight.detach().clone())
        twin.base_model.model.config.tie_word_embeddings = False
    for part in twin.modules():
        if hasattr(part, "original_module"):
            for name in part.modules_to_save:
                part.modules_to_save[name] = part.original_module
    return twin.merge_and_unload().eval()
