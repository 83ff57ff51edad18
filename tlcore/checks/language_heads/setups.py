"""What several public checks of language heads share."""

import torch
from torch import nn

from tlcore.models import tiny_bert, tiny_gpt2


def language_model(kind="bert", **config):
    """A small language model of transformers in eval mode, with random weights that are not tiny."""
    torch.manual_seed(0)
    model = tiny_bert(30, width=16, **config) if kind == "bert" else tiny_gpt2(30, width=16, **config)
    return vivid(model)


def vivid(model):
    """The model in eval mode, with weights that matter: those that transformers starts with are tiny."""
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=min(parameter.shape) ** -0.5)
    return model.eval()


def texts(side="right"):
    """Word ids of three texts with five, two and four words, and their mask."""
    ids, seen = torch.zeros(3, 5, dtype=torch.int64), torch.zeros(3, 5, dtype=torch.int64)
    generator = torch.Generator().manual_seed(1)
    for row, n in enumerate((5, 2, 4)):
        place = slice(0, n) if side == "right" else slice(5 - n, 5)
        ids[row, place] = torch.randint(3, 30, (n,), generator=generator)
        seen[row, place] = 1
    return {"input_ids": ids, "attention_mask": seen}


def logits(model, batch):
    """What a model answers in eval mode."""
    model.eval()
    with torch.no_grad():
        return model(**batch).logits


def alike(one, other, atol=1e-4):
    """Whether two tensors are the same up to rounding."""
    return isinstance(one, torch.Tensor) and one.shape == other.shape and torch.allclose(one, other, atol=atol)
