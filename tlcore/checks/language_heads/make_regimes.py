"""Public check of `make_regimes`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.checks.language_heads.setups import alike, language_model, logits, texts

NAMES = ["features", "partial", "lora", "full", "scratch", "random"]
SIZES = {"features": 51, "partial": 2547, "lora": 819, "full": 5827, "scratch": 5827, "random": 51}
"""Numbers that can learn, for a BERT of width 16 with two blocks and three labels."""


def check(make_regimes, show):
    base, batch = language_model("bert", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), texts()
    before = {name: p.detach().clone() for name, p in base.named_parameters()}
    show.tried("a small BERT and the labels rise, fall, hold")
    models = make_regimes(base, ["rise", "fall", "hold"])
    returned = "A dict with six models under the names of the table. Is there a `return`?"
    fine = isinstance(models, dict) and all(isinstance(models.get(name), nn.Module) for name in NAMES)
    if not show.that(fine, "it returns a dict with the six models", teach=returned):
        show.picture(plots.bars("Numbers that can learn", NAMES, [0] * 6, list(SIZES.values()), ylabel="numbers"))
        show.untried("everything that comes after it")
        return
    found = [sum(p.numel() for p in models[name].parameters() if p.requires_grad) for name in NAMES]
    show.picture(plots.bars("Numbers that can learn", NAMES, found, [SIZES[n] for n in NAMES], ylabel="numbers"))
    for name, count in zip(NAMES, found, strict=True):
        what = "Compare with the table: what learns in this regime, and what is frozen?"
        show.expect(f"numbers that can learn in {name}", count, SIZES[name], teach=what)
    modes = [name for name in NAMES if models[name].training]
    quiet = "`.eval()` before you return them; PEFT's wrapper is in train mode when it is new."
    show.expect("models in train mode", modes, [], teach=quiet)
    told = {name: logits(models[name], batch) for name in NAMES}
    one = "One body, one pooler and one head, copied; and an update that is zero at first."
    start = all(alike(told[name], told["full"], 1e-5) for name in ("features", "partial", "lora"))
    show.that(start, "the four pretrained ones give the same logits", teach=one)
    show.that(alike(told["scratch"], told["random"], 1e-5), "so do the two random ones", teach="One draw, two copies.")
    other = "scratch and random must have nothing of the base."
    show.that(not alike(told["scratch"], told["full"], 1e-5), "random weights give other logits", teach=other)
    show.tried("one step of full, then one of scratch")
    for name in ("full", "scratch"):
        if name == "scratch":
            apart = "full has learned. Do the two share anything, the head for instance?"
            show.that(alike(logits(models[name], batch), told[name], 1e-6), "scratch starts as it was", teach=apart)
        nn.functional.cross_entropy(models[name](**batch).logits, torch.tensor([0, 1, 2])).backward()
        with torch.no_grad():
            for p in models[name].parameters():
                if p.grad is not None:
                    p -= 1.0 * p.grad
    shared = "Which models share their weights? Copy before you say what can learn."
    for name in ("features", "partial", "lora", "random"):
        show.that(alike(logits(models[name], batch), told[name], 1e-6), f"{name} stays as it was", teach=shared)
    kept = all(torch.equal(p, before[name]) for name, p in base.named_parameters())
    flags = all(p.requires_grad for p in base.parameters())
    own = "What can learn in the base is its owner's business: freeze in copies." if kept else shared
    show.that(kept and flags, "so does the base", teach=own)
    show.untried("GPT-2 and Llama, a frozen base, whether scratch has the same head, and which block is the last")
