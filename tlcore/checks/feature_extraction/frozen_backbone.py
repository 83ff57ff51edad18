"""Public check of `frozen_backbone`."""

import torch
from torch import nn

from tlcore import plots


def check(FrozenBackbone, show):
    def parts(dropout):
        torch.manual_seed(0)
        norm = nn.BatchNorm2d(1).requires_grad_(False)
        return norm, nn.Sequential(norm, nn.Flatten()), nn.Sequential(nn.Dropout(dropout), nn.Identity())

    x = torch.tensor([1.0, 3.0]).view(2, 1, 1, 1)
    norm, backbone, head = parts(0.0)
    show.tried(
        "a backbone with a batch norm (mean 0, variance 1), in train mode; FrozenBackbone is built, and nothing else"
    )
    model = FrozenBackbone(backbone, head)
    here = "Which mode has a module that was just made?"
    show.expect("answer for 1 and 3", model(x).detach().flatten(), torch.tensor([1.0, 3.0]), here, atol=1e-4)
    show.tried("then three epochs that begin with `model.train()`")
    means = [norm.running_mean.item()]
    for _ in range(3):
        model.train()
        answer = model(x).detach().flatten()
        means.append(norm.running_mean.item())
    show.expect(
        "answer for 1 and 3 in train mode",
        answer,
        torch.tensor([1.0, 3.0]),
        "In train mode batch norm subtracts the mean of the batch. What did `model.train()` do to the backbone?",
        atol=1e-4,
    )
    show.expect(
        "running mean, after 0, 1, 2, 3 epochs",
        means,
        [0.0] * 4,
        "Statistics are no parameters: the forward pass moves them, in train mode.",
        atol=1e-6,
    )
    show.picture(
        plots.lines(
            "Running mean of the batch norm",
            {"yours": means, "expected": [0.0] * 4},
            xlabel="epochs",
            ylabel="running mean",
        )
    )
    # A backbone without modes: what these answers say is about the head alone.
    model = FrozenBackbone(nn.Sequential(nn.Flatten()), parts(0.5)[2])
    model.train()
    answers = model(torch.full((200, 1, 1, 1), 3.0)).detach()
    show.tried("a backbone that only flattens, and a head with dropout 0.5, for 200 equal inputs")
    found = sorted({round(v, 2) for v in answers.flatten().tolist()})[:6]
    show.expect(
        "different answers in train mode",
        found,
        [0.0, 6.0],
        "Half are dropped and half are doubled: the head's dropout must be active in train mode.",
        atol=0.01,
    )
    model.eval()
    answers = model(torch.full((200, 1, 1, 1), 3.0)).detach()
    found = sorted({round(v, 2) for v in answers.flatten().tolist()})[:6]
    show.expect("different answers in eval mode", found, [3.0], "In eval mode the head's dropout is off.", atol=0.01)
    show.untried(
        "dropout in the backbone, other norms, heads of several layers, what `state_dict()` holds, and "
        "whether `model.train()` and `model.eval()` return the model, as they do for any module"
    )
