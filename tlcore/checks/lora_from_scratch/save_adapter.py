"""Public check of `save_adapter`."""

import copy

import torch
from torch import nn

from tlcore import plots
from tlcore.checks.lora_from_scratch.setups import same
from tlcore.models import TinyTransformer


def check(save_adapter, load_adapter, inject_lora, show):
    torch.manual_seed(0)
    start = TinyTransformer(mlp_width=120).eval()
    words = torch.arange(12).reshape(2, 6)

    def base():
        """A frozen base, its head ready to learn; the head's values are not those of the trained model."""
        model = copy.deepcopy(start)
        for parameter in model.parameters():
            parameter.requires_grad = False
        for parameter in model.head.parameters():
            parameter.requires_grad = True
        return model

    def learn(model):
        """Other values for all that can learn."""
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.requires_grad:
                    parameter.copy_(torch.randn(parameter.shape) / 2)

    def loaded(model, adapter):
        answer = load_adapter(model, adapter)
        return (answer if isinstance(answer, nn.Module) else model).eval()

    show.tried("r = 2, alpha = 10 on q_proj and v_proj; factors and head get new values; save; load into a fresh base")
    model = base()
    inject_lora(model, ["q_proj", "v_proj"], 2, 10)
    learn(model)
    trained = model(words).detach()
    adapter = save_adapter(model, "head")
    again = loaded(base(), adapter)(words).detach()
    everything = "Are the head, the scale and every factor there? Does the fresh base have LoRA layers at all?"
    show.that(same(again, trained), "the fresh base answers as the trained model did", teach=everything)
    show.picture(plots.matrix("Output for two sentences, after loading", again, trained))
    show.tried("the model goes on training; then load again what was saved before")
    learn(model)
    later = loaded(base(), adapter)(words)
    live = "Does the adapter hold the model's own tensors, or copies of what they were? (`.clone()`)"
    show.that(same(later, again), "the adapter has stayed as it was", teach=live)
    show.tried("load it into a base whose embedding was updated meanwhile")
    newer = base()
    nn.init.normal_(newer.embed_tokens.weight)
    embedding = newer.embed_tokens.weight.detach().clone()
    kept = loaded(newer, adapter).get_parameter("embed_tokens.weight").detach()
    share = "What need not be in an adapter, because everybody has it?"
    show.that(same(kept, embedding), "the base keeps its own embedding", teach=share)
