"""Public check of `inject_lora`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.checks.lora_from_scratch.setups import same
from tlcore.models import TinyTransformer


def check(inject_lora, show):
    torch.manual_seed(0)
    # The key projections and the head have names that contain the target's.
    model = TinyTransformer(names={"key": "q_proj_norm", "head": "my_v_proj"}).eval()
    for parameter in model.parameters():
        parameter.requires_grad = False
    linears = [path for path, module in model.named_modules() if isinstance(module, nn.Linear)]
    words = torch.arange(12).reshape(2, 6)
    before = model(words)
    show.tried("targets q_proj and v_proj, r = 2, in a model with two blocks, all of it frozen before")
    names = inject_lora(model, ["q_proj", "v_proj"], 2, 8)
    counts = {p: sum(t.numel() for t in model.get_submodule(p).parameters() if t.requires_grad) for p in linears}
    # A and B of a layer from 24 to 32 (queries) or 16 (values) have 2 * (24 + 32) or 2 * (24 + 16) numbers.
    expected = {path: 112 if path.endswith(".q_proj") else 80 if path.endswith(".v_proj") else 0 for path in linears}
    labels = [path.removeprefix("layers.") for path in linears]
    learning = list(expected.values())
    show.picture(plots.bars("What can learn in each layer", labels, list(counts.values()), learning, ylabel="numbers"))
    exact = "Compare whole names, and look inside the blocks. Only the two factors of a target should learn."
    show.expect("numbers that can learn, by layer", counts, expected, teach=exact)
    show.that(same(model(words), before), "the output has not changed", teach="A new LoRALinear changes nothing.")
    wanted = [path for path in linears if expected[path]]
    given = sorted(names) if isinstance(names, (list, tuple)) else names
    show.expect("the returned paths", given, sorted(wanted), teach="Return whole paths, as named_modules gives them.")
    show.tried("the same call again")
    again = inject_lora(model, ["q_proj", "v_proj"], 2, 8)
    total = sum(t.numel() for t in model.parameters() if t.requires_grad)
    twice = "The base inside a LoRALinear is a linear layer too. What is its path?"
    show.expect("numbers that can learn in the whole model", total, 384, teach=twice)
    show.expect("what it returns", again, [], teach="Nothing was wrapped this time.")
