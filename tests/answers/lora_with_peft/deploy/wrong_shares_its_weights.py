# It breaks: it does not follow the adapted model: here both share one head.
import copy

from torch import nn


def deploy(model):
    twin = copy.deepcopy(model)
    out = twin.base_model.model.get_output_embeddings()
    if out is not None and hasattr(out, "base_layer"):
        out.base_layer.weight = nn.Parameter(out.base_layer.weight.detach().clone())
        twin.base_model.model.config.tie_word_embeddings = False
    plain = twin.merge_and_unload().eval()
    for path, part in model.base_model.model.named_modules():
        if hasattr(part, "modules_to_save") and hasattr(part, "original_module"):
            plain.set_submodule(path, next(iter(part.modules_to_save.values())))
    return plain
