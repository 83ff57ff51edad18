# `os.mkdir`, and what can learn as a plain state dict: the configuration is known to both functions.
import copy
import os

import torch
from peft import get_peft_model


def wrapped(base):
    return get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821


def adapt_and_save(base, path, train):
    model = wrapped(base)
    train(model)
    os.mkdir(path)
    torch.save({name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}, f"{path}/trained")
    return model


def restore(base, path):
    model = wrapped(base)
    unexpected = model.load_state_dict(torch.load(f"{path}/trained"), strict=False).unexpected_keys
    assert not unexpected, unexpected
    return model.eval()
