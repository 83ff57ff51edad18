import io

import torch


def deploy(model):
    buffer = io.BytesIO()
    torch.save(model, buffer)
    buffer.seek(0)
    twin = torch.load(buffer, weights_only=False)
    for name, part in twin.named_modules():
        if name.endswith("lm_head") and hasattr(part, "base_layer"):
            part.base_layer.weight = torch.nn.Parameter(part.base_layer.weight.detach().clone())
            twin.base_model.model.config.tie_word_embeddings = False
    twin = twin.merge_and_unload(safe_merge=True)
    for module in twin.modules():
        module.training = False
    return twin
