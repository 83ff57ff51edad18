# It breaks: the adapted model goes on: here its factors are set to zero when they are in the weights.
import copy

from torch import nn


def deploy(model):
    twin = copy.deepcopy(model)
    out = twin.base_model.model.get_output_embeddings()
    if out is not None and hasattr(out, "base_layer"):
        out.base_layer.weight = nn.Parameter(out.base_layer.weight.detach().clone())
        twin.base_model.model.config.tie_word_embeddings = False
    plain = twin.merge_and_unload().eval()
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.zero_()
    return plain
