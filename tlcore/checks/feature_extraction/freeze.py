"""Public check of `freeze`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.models import TinyNet


def _moved(before, model):
    """How far each parameter is from what it was."""
    return {name: float((p.detach() - before[name]).norm()) for name, p in model.named_parameters()}


def _steps(model, x, y, optimizer):
    for _ in range(3):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        if loss.requires_grad:
            loss.backward()
        optimizer.step()


def check(freeze, show):
    torch.manual_seed(0)
    x, y = torch.randn(8, 1, 8, 8), torch.arange(8) % 3
    names, moves, flags = [], [], []
    for optimizer, decay, teach in (
        (torch.optim.SGD, 0.0, "Which tensors does the optimizer hold, and what does it look for in each?"),
        (
            torch.optim.AdamW,
            0.1,
            "Weight decay moves a parameter that has a gradient, even one of zeros; it skips one that has none.",
        ),
    ):
        model = TinyNet(n_classes=3, in_channels=1, widths=(4, 6), norm="group", dropout=0.0)
        returned = freeze(model.backbone)
        before = {name: p.detach().clone() for name, p in model.named_parameters()}
        _steps(model, x, y, optimizer(model.parameters(), lr=0.1, weight_decay=decay))
        moved = _moved(before, model)
        with_decay = f" with weight decay {decay}" if decay else ""
        show.tried(f"`freeze(model.backbone)`, then three steps of {optimizer.__name__}{with_decay}")
        show.expect(
            "layers that moved", [name for name, far in moved.items() if far > 0], ["fc.weight", "fc.bias"], teach
        )
        names, moves = list(moved), list(moved.values())
        flags = [p.requires_grad for p in model.parameters()]
    frozen = [not name.startswith("fc") for name in names]
    # How far is the data's business: what moved as it should is drawn as it is.
    far = [0.0 if still else moved or 1.0 for still, moved in zip(frozen, moves, strict=True)]
    show.picture(
        plots.layers(
            "What three steps moved",
            names,
            {"trainable": flags, "moved": moves},
            {"trainable": [not still for still in frozen], "moved": far},
            caption="A stub is a layer that did not move.",
        )
    )
    first, frozen_part = nn.Linear(4, 4), nn.Linear(4, 4)
    freeze(frozen_part)
    show.tried("`freeze(second)` of two layers, then a backward pass through both")
    out = frozen_part(first(torch.ones(1, 4))).sum()
    if out.requires_grad:
        out.backward()
    show.that(
        first.weight.grad is not None,
        "the layer before the frozen one gets a gradient",
        "Gradients still flow *through* a frozen layer: only its own parameters get none.",
    )
    both = nn.Linear(4, 4)
    shared = both.weight
    freeze(both)
    show.that(
        both.weight is shared,
        "parameters are the same objects as before",
        "If another layer shares a parameter, it must not be left with an old one that still learns.",
    )
    show.expect(
        "what `freeze(model.backbone)` returns",
        "nothing" if returned is None else "the module" if returned is model.backbone else "something else",
        "the module",
        "Does the function end with `return module`? A function without `return` gives back None.",
    )
    show.untried("other kinds of layers, other precisions, copies and files of a frozen module, unfreezing it")
