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
    model.train()
    adapter = save_adapter(model, "head")
    unchanged = "Saving should leave the model in the mode that it was in."
    show.that(model.training, "the model is in train mode still", teach=unchanged)
    model.eval()
    again_model = loaded(base(), adapter)
    again = again_model(words).detach()
    everything = "Are the head, the scale and every factor there? Does the fresh base have LoRA layers at all?"
    held = same(again, trained)
    if not held:
        everything = _what_is_missing(again_model, model) or everything
    show.that(held, "the fresh base answers as the trained model did", teach=everything)
    show.picture(plots.matrix("What the loaded model answers, and the trained one", again[:1], trained[:1]))
    frozen = {name for name, p in again_model.named_parameters() if not p.requires_grad}
    base_only = "The base was frozen, and should be after loading."
    show.that("embed_tokens.weight" in frozen, "the base is frozen still", teach=base_only)
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
    show.tried("load it into a base whose query projections were updated meanwhile")
    newer = base()
    for block in newer.layers:
        nn.init.normal_(block.self_attn.q_proj.weight)
    wanted = newer.layers[0].self_attn.q_proj.weight.detach().clone()
    result = loaded(newer, adapter)
    kept = any(same(p.detach(), wanted) for p in result.parameters())
    inside = "The base inside a LoRA layer belongs to the base. Save A and B of the layer, not all of it."
    show.that(kept, "the base keeps its own query projection", teach=inside)
    show.tried("a head called score, alpha = 2.5")
    renamed = TinyTransformer(mlp_width=120, names={"head": "score"}).eval()
    renamed.requires_grad_(False).score.requires_grad_(True)
    twin = copy.deepcopy(renamed)
    inject_lora(renamed, ["q_proj"], 2, 2.5)
    learn(renamed)
    with torch.no_grad():
        renamed.score.weight.add_(1.0)
    ones, wanted = torch.ones(1, 24), renamed(words).detach()
    found = loaded(twin, save_adapter(renamed, "score"))
    name = "`head` is the name that your function was given. Do you use it?"
    if show.that(same(found.score(ones), renamed.score(ones)), "the head called score is restored", teach=name):
        fraction = _LACKS
        if _has_factors(found, renamed, "score"):
            fraction = "alpha is 2.5 here, not a whole number. Is it kept as it is?"
        show.that(same(found(words), wanted), "it answers as the trained model did", teach=fraction)
    show.tried("train what was loaded, then load the same adapter again")
    learn(again_model)
    third = loaded(base(), adapter)(words)
    shared = "Does the loaded model use the adapter's own tensors, or copies? Can an adapter be loaded twice?"
    show.that(same(third, again), "the adapter has stayed as it was", teach=shared)
    show.untried("the size, heads of several layers, double precision")


_LACKS = "The loaded model lacks some factors. Does the fresh base have LoRA layers before you fill them in?"


def _has_factors(found, trained, head):
    """Whether each factor of the trained model is somewhere in the loaded one."""
    tensors = [p.detach() for p in found.parameters()]
    factors = [p.detach() for name, p in trained.named_parameters() if p.requires_grad and not name.startswith(head)]
    return all(any(same(t, one) for t in tensors) for one in factors)


def _what_is_missing(found, trained):
    """Which part of the trained model the loaded one lacks, in words; empty if that cannot be told."""
    if not same(found.get_parameter("head.weight").detach(), trained.get_parameter("head.weight").detach()):
        return "The head of the loaded model is another one. What was trained besides the factors?"
    if not _has_factors(found, trained, "head"):
        return _LACKS
    return "Head and factors are there. Is the scale alpha / r the same? alpha was 10."
