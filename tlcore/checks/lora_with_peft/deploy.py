"""Public check of `deploy`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.checks.lora_with_peft.setups import adapted, classifier, fill, large, logits, same, updates, words
from tlcore.models import tiny_gpt2


def check(deploy, show):
    batch = words()
    base = classifier()
    names = sorted(name for name, _ in base.named_parameters())
    model = adapted(base, ["query", "key", "value"])
    told = logits(model, batch)
    show.tried("an adapted BERT in train mode")
    model.train()
    plain = deploy(model)
    returned = "deploy should return the plain model. Is there a `return`?"
    if not show.that(isinstance(plain, nn.Module), "it returns a model", teach=returned):
        show.picture(plots.matrix("Logits", told, told))
        show.untried("everything that comes after it")
        return
    show.that(not plain.training, "it is in eval mode", teach="Whoever uses it should not have to think of dropout.")
    show.that(model.training, "the adapted model is in train mode still", teach="Leave it as it was.")
    answers = logits(plain, batch)
    show.picture(plots.matrix("Logits of the deployed model, and of the adapted one", answers, told))
    show.that(same(answers, told), "it answers as the adapted model", teach="Is the update in the weights?")
    found = sorted(name for name, _ in plain.named_parameters())
    gone = [name for name in found if name not in names][:2]
    nothing = "Merging puts the update into the weights; unloading takes PEFT's layers away."
    show.expect("parameters that a plain model does not have", gone, [], teach=nothing)
    kept = "merge_and_unload works on the model that it is given. Is it a copy?"
    show.that(len(updates(model)) == 6, "the adapted model has its updates still", teach=kept)
    show.that(same(logits(model, batch), told), "the adapted model answers as before", teach=kept)
    deployed = logits(plain, batch)
    fill(model, seed=8)
    show.that(same(logits(plain, batch), deployed), "it does not follow when the adapted model learns on", teach=kept)
    show.tried("GPT-2 as a language model, its output layer tied to the embedding, both adapted")
    torch.manual_seed(0)
    tied = adapted(large(tiny_gpt2(30, width=16)), ["c_attn", "lm_head"], task="CAUSAL_LM")
    told = logits(tied, batch)
    shared = "The output layer and the embedding are one tensor. Who else reads the weight that you merge into?"
    plain = deploy(tied)
    rounding = 1e-4 * float(told.abs().max())
    show.that(same(logits(plain, batch), told, rounding), "it answers as the adapted model", teach=shared)
    config = getattr(plain.config, "tie_word_embeddings", None)
    says = "Whoever reads the config should know that the output layer has a weight of its own now."
    show.expect("config.tie_word_embeddings of the deployed model", config, False, teach=says)
    show.untried("Llama, vision transformers, saving and loading what was deployed")
