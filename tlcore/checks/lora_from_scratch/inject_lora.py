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
    paths = "Return whole paths, as named_modules gives them."
    if not isinstance(names, (list, tuple)):
        paths = (
            "The function should return the list of the paths that it wrapped. Is there a `return`, and of the list?"
        )
    counts = {p: sum(t.numel() for t in model.get_submodule(p).parameters() if t.requires_grad) for p in linears}
    # A and B of a layer from 24 to 32 (queries) or 16 (values) have 2 * (24 + 32) or 2 * (24 + 16) numbers.
    expected = {path: 112 if path.endswith(".q_proj") else 80 if path.endswith(".v_proj") else 0 for path in linears}
    labels = [path.removeprefix("layers.") for path in linears]
    learning = list(expected.values())
    show.picture(plots.bars("What can learn in each layer", labels, list(counts.values()), learning, ylabel="numbers"))
    exact = "Compare whole names, and look inside the blocks. Only the two factors of a target should learn."
    differ = [path for path in linears if counts[path] != expected[path]]
    yours, right = ({path: side[path] for path in differ} for side in (counts, expected))
    show.expect("numbers that can learn, in layers that differ", yours, right, teach=exact)
    show.that(same(model(words), before), "the output has not changed", teach="A new LoRALinear changes nothing.")
    wanted = [path for path in linears if expected[path]]
    given = sorted(names) if isinstance(names, (list, tuple)) else names
    show.expect("the returned paths", given, sorted(wanted), teach=paths)
    show.tried("the same call again")
    learning_before, parts_before = _learning(model), len(list(model.modules()))
    again = inject_lora(model, ["q_proj", "v_proj"], 2, 8)
    if len(list(model.modules())) != parts_before:
        cause = "The base inside a LoRALinear is a linear layer too. What is its path?"
    elif _learning(model) != learning_before:
        cause = "The call wrapped nothing, but changed what can learn. Do not freeze or thaw other layers."
    else:
        cause = "As after the first call; the second one changed nothing."
    show.expect("numbers that can learn in the whole model", _learning(model), 384, teach=cause)
    show.expect("what it returns", again, [], teach="A second call should wrap nothing, and return an empty list.")
    show.tried("targets mlp.up_proj (the end of a path) and head (at the top), r = 4, in the same model in train mode")
    model = TinyTransformer().train()
    for parameter in model.parameters():
        parameter.requires_grad = False
    model.norm.requires_grad_(True)
    names = inject_lora(model, ["mlp.up_proj", "head"], 4, 2.5)
    wanted = ["head", "layers.0.mlp.up_proj", "layers.1.mlp.up_proj"]
    given = sorted(names) if isinstance(names, (list, tuple)) else names
    dots = "A target matches if the path equals it, or ends with a dot and the target. A target may have dots itself."
    show.expect("the returned paths", given, wanted, teach=dots)
    kept = all(p.requires_grad for p in model.norm.parameters())
    show.that(kept, "the norm, which could learn before, still can", teach="Do not freeze or thaw other layers.")
    show.that(
        model.training and model.layers[0].training, "it is in train mode still", teach="Leave the mode as it was."
    )
    show.untried("other kinds of layers, and a second call with other targets")


def _learning(model):
    """How many numbers of the model can learn."""
    return sum(t.numel() for t in model.parameters() if t.requires_grad)
