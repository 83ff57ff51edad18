"""What several public checks of lora with peft share."""

import copy
import warnings

import torch
from peft import LoraConfig, get_peft_model
from torch import nn

from tlcore.models import tiny_bert, tiny_gpt2


def classifier(kind="bert", n_classes=3, depth=2, seed=0):
    """A small classifier of transformers in eval mode, with random weights that are not tiny."""
    from transformers import BertForSequenceClassification, GPT2ForSequenceClassification

    torch.manual_seed(seed)
    if kind == "bert":
        config = tiny_bert(30, width=16, depth=depth, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0).config
        config.num_labels = n_classes
        return large(BertForSequenceClassification(config))
    config = tiny_gpt2(30, width=16, depth=depth).config
    config.num_labels = n_classes
    return large(GPT2ForSequenceClassification(config))


def large(model):
    """The model in eval mode, with weights that matter: those that transformers starts with are tiny."""
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=min(parameter.shape) ** -0.5)
    return model.eval()


def words(rows=4):
    """Word ids with padding on the right, and the mask."""
    ids = torch.randint(3, 30, (rows, 6), generator=torch.Generator().manual_seed(1))
    seen = torch.ones(rows, 6, dtype=torch.int64)
    ids[0, 4:] = seen[0, 4:] = 0
    return {"input_ids": ids, "attention_mask": seen}


def logits(model, batch, as_it_is=False):
    """What a model answers, in eval mode unless `as_it_is`."""
    if not as_it_is:
        model.eval()
    with torch.no_grad():
        return model(**batch).logits


def same(one, other, atol=1e-4):
    return isinstance(one, torch.Tensor) and one.shape == other.shape and torch.allclose(one, other, atol=atol)


def fill(model, seed=3):
    """Random values for the factors and for heads that PEFT trains."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if "lora_" in name or ".modules_to_save." in name:
                parameter.copy_(0.4 * torch.randn(parameter.shape, generator=generator))
    return model


def adapted(base, targets, seed=3, task="SEQ_CLS", **config):
    """An adapted copy of `base` whose factors and head have learned something."""
    config = LoraConfig(r=2, lora_alpha=6, target_modules=targets, task_type=task, **config)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # this is not the learner's code: its warnings would be taken for theirs
        return fill(get_peft_model(copy.deepcopy(base), config), seed).eval()


def updates(model):
    """Paths of the layers with an update, with their rank and scale."""
    found = {}
    for path, part in model.named_modules():
        if isinstance(getattr(part, "lora_A", None), nn.ModuleDict):
            (name,) = part.lora_A
            found[path.removeprefix("base_model.model.")] = (part.r[name], part.scaling[name])
    return found
