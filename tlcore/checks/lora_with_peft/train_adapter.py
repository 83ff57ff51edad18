"""Public check of `train_adapter`."""

import copy
from types import SimpleNamespace

import torch
from peft import LoraConfig
from torch import nn

from tlcore import plots
from tlcore.checks.lora_with_peft.setups import classifier, logits, same, words


def check(train_adapter, show):
    lora = LoraConfig(r=2, lora_alpha=4, target_modules=["query", "value"], task_type="SEQ_CLS")
    cfg = SimpleNamespace(lora=lora, optimizer=torch.optim.AdamW, lr=0.02, epochs=12, seed=3)
    data = [{**words(4), "labels": torch.tensor([0, 1, 2, 1])}, {**words(3), "labels": torch.tensor([0, 1, 2])}]
    base = classifier()
    before = {name: p.detach().clone() for name, p in base.named_parameters()}

    def run(model, data=data, **other):
        answer = train_adapter(model, data, SimpleNamespace(**{**vars(cfg), "lora": copy.deepcopy(lora), **other}))
        return answer if isinstance(answer, tuple) and len(answer) == 2 else (None, [])

    show.tried("a small BERT, two batches, twelve epochs of AdamW with learning rate 0.02")
    model, losses = run(copy.deepcopy(base))
    pair = "Return the wrapped model and the list of losses. Is there a `return`?"
    if not show.that(isinstance(model, nn.Module), "it returns a model and losses", teach=pair):
        show.picture(plots.lines("Loss", {"yours": []}, xlabel="step", ylabel="loss"))
        show.untried("everything that comes after it")
        return
    show.expect("the number of losses", len(losses), 24, teach="One for each step: two batches, twelve epochs.")
    still = [float(loss) for loss in losses[:2]] * 12
    curves = {"yours": [float(loss) for loss in losses], "if nothing learned": still}
    show.picture(plots.lines("The loss of every step", curves, xlabel="step", ylabel="loss"))
    fell = (
        "Is everything that can learn in the optimizer? Was it made after wrapping, with the right rate? And does each "
        "step begin with gradients of zero?"
    )
    show.that(bool(losses) and losses[-1] < 0.5 * losses[0], "the loss falls to less than half", teach=fell)
    own, learned = {}, {}
    for name, p in model.named_parameters():
        target = learned if "lora_" in name or ".modules_to_save." in name else own
        target[name] = p.detach()
    factors = [p for name, p in learned.items() if "lora_B" in name]
    moved = "Which parameters can learn after wrapping, and does the optimizer hold them?"
    show.that(len(factors) == 4 and all(p.abs().max() > 0 for p in factors), "every factor B has moved", teach=moved)
    heads = [p for name, p in learned.items() if ".modules_to_save." in name and name.endswith("weight")]
    learns = bool(heads) and not any(same(p, before["classifier.weight"]) for p in heads)
    show.that(learns, "the head has moved", teach=moved)
    names = {
        n.removeprefix("base_model.model.").replace(".base_layer", "").replace(".original_module", ""): p
        for n, p in own.items()
    }
    frozen = all(name in names and torch.equal(names[name], value) for name, value in before.items())
    show.that(frozen, "the base has not moved, to the last bit", teach="PEFT has frozen the base. Leave it so.")
    show.that(not model.training, "the model is in eval mode", teach="model.eval() before you return it.")
    show.tried("the same again, with the same seed")
    _, second = run(copy.deepcopy(base))
    seed = "A is drawn at random when the model is wrapped. Set cfg.seed before that."
    equal = len(second) == len(losses) and all(abs(a - b) < 1e-4 for a, b in zip(losses, second, strict=True))
    seeded = show.that(equal, "the losses are the same", teach=seed)
    show.tried("other words where there is padding")
    other = [{**batch, "input_ids": torch.where(batch["attention_mask"] == 0, 7, batch["input_ids"])} for batch in data]
    _, padded = run(copy.deepcopy(base), other)
    mask = "Padding must not be looked at: pass everything in the batch on to the model."
    equal = len(padded) == len(losses) and all(abs(a - b) < 1e-4 for a, b in zip(losses, padded, strict=True))
    show.that(equal, "the losses are the same", teach=mask if seeded else seed)
    show.tried("the same BERT with dropout")
    dropping = copy.deepcopy(base)
    for part in dropping.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.5
    model, _ = run(dropping)
    plain, _ = run(copy.deepcopy(base))
    batch = words()
    quiet = "Train in train mode, so that dropout works."
    differ = not same(logits(model, batch), logits(plain, batch))
    show.that(differ, "dropout makes a difference while it trains", teach=quiet if learns else moved)
    show.untried("language models, other optimizers, loaders that shuffle, dropout in every epoch")
