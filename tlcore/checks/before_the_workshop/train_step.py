"""Public check of `train_step`."""

import math

import torch
from torch import nn

from tlcore import plots

FIVE_LOSSES = [1.09861, 1.07972, 1.06701, 1.05788, 1.05102]
"""Of the points below, from torch.optim.SGD at a rate of 1."""


def check(train_step, show):
    show.tried("a linear layer of zeros, one input 1, class 0 of two, rate 0.1")
    layer = nn.Linear(1, 2)
    _fill(layer, 0.0)
    loss = train_step(layer, torch.ones(1, 1), torch.tensor([0]), 0.1)
    if not show.that(loss is not None, "it returns the loss", "Nothing came back. Is a `return` missing?"):
        return
    teach = "Before the step both classes are equally likely: log 2 = 0.693. After it the loss is lower."
    show.expect("the loss before the step", _number(loss), math.log(2), teach, atol=1e-4)
    weights, biases = layer.weight.detach().flatten(), layer.bias.detach()
    teach = "The gradients are -0.5 and 0.5. 0.05 is a step against them, -0.05 one along them, 0 none."
    show.expect("weights afterwards", weights, [0.05, -0.05], teach, atol=1e-5)
    show.expect("biases afterwards", biases, [0.05, -0.05], teach, atol=1e-5)

    show.tried("five steps in a row, and gradients that somebody left there before the first")
    model, x, y = _points()
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    losses = [_number(train_step(model, x, y, 1.0)) for _ in range(5)]
    teach = "`backward()` adds to the gradients that are there. Clear them before it, also at the first step."
    if not show.expect("the five losses", losses, FIVE_LOSSES, teach, atol=1e-4):
        show.that(losses[0] != losses[-1], "the loss changes", "Does the model hold the numbers that you computed?")
    series = {"yours": losses, "expected": FIVE_LOSSES}
    show.picture(plots.lines("Five steps", series, x=[1, 2, 3, 4, 5], xlabel="step", ylabel="loss before it"))

    show.tried("a model with a frozen layer, for which gradients had been left, and a layer that is not used")
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 3))
    model.spare = nn.Linear(1, 1)
    model.forward = lambda x: model[1](model[0](x))
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    model[0].requires_grad_(False)
    held = list(model.parameters())
    before = [p.detach().clone() for p in held]
    train_step(model, torch.ones(4, 2), torch.tensor([0, 1, 2, 2]), 0.5)
    moved = [not torch.equal(p, q) for p, q in zip(held, before, strict=True)]
    names = ["frozen weight", "frozen bias", "weight", "bias", "unused weight", "unused bias"]
    teach = "Only what can learn and has a gradient of this batch moves, and it is the model's own tensor that moves."
    show.expect(
        "what moved",
        dict(zip(names, moved, strict=True)),
        dict(zip(names, [False] * 2 + [True] * 2 + [False] * 2, strict=True)),
        teach,
    )
    still = all(p is q for p, q in zip(held, model.parameters(), strict=True)) and model[1].weight.requires_grad
    show.that(still, "the model still has its own parameters, and they can learn", "Change them in place.")

    show.tried("a model with batch norm, in train mode and in eval mode")
    for mode in (True, False):
        model = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 2)).train(mode)
        train_step(model, torch.tensor([[0.0, 1.0], [2.0, 3.0]]), torch.tensor([0, 1]), 0.1)
        passes = int(model[0].num_batches_tracked)
        word = "train" if mode else "eval"
        show.expect(f"is it in {word} mode afterwards", model.training, mode, "Leave the mode as it was.")
        teach = "In train mode a batch norm counts every pass. Call the model once, in the mode that it is in."
        show.expect(f"passes that the norm counted in {word} mode", passes, int(mode), teach)
    show.untried("larger networks, shared weights, double precision")


def _fill(module, value):
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(value)


def _points():
    """A model whose parameters are all 0.1, and eight points of three classes."""
    model = nn.Linear(2, 3)
    _fill(model, 0.1)
    angles = torch.arange(8) * 0.7
    return model, torch.stack([angles.cos(), angles.sin()], dim=1), torch.arange(8) % 3


def _number(loss):
    return loss.item() if isinstance(loss, torch.Tensor) and loss.numel() == 1 else loss
