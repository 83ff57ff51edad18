"""Public check of `adabn`."""

import torch
from torch import nn

from tlcore import plots


def _norm(mean=10.0, var=4.0):
    """One batch norm of the source, in eval mode, which has counted the batches of its training."""
    norm = nn.BatchNorm1d(1)
    with torch.no_grad():
        norm.running_mean.fill_(mean)
        norm.running_var.fill_(var)
        norm.num_batches_tracked.fill_(50)
        norm.weight.fill_(3.0)
        norm.bias.fill_(1.0)
    return norm.eval()


def _numbers(tensor):
    return [round(v, 4) for v in tensor.flatten().tolist()]


def check(adabn, show):
    batches = [torch.tensor([[1.0], [3.0]]), torch.tensor([[5.0], [9.0]])]
    source = _norm()
    show.tried("one batch norm whose source has mean 10 and variance 4; target batches (1, 3) and (5, 9)")
    adapted = adabn(source, iter(batches))
    if not show.that(
        isinstance(adapted, nn.Module), "a model is returned", "Is there a `return` at the end of your function?"
    ):
        return
    found = _numbers(adapted.running_mean) + _numbers(adapted.running_var)
    show.expect(
        "running mean and variance",
        found,
        [4.5, 5.0],
        "Means 2 and 7, variances 2 and 8. The average is over both batches alike, and nothing of 10 and 4 is left.",
        atol=1e-4,
    )
    show.picture(
        plots.bars("What the norm holds", ["running mean", "running variance"], found, [4.5, 5.0], ylabel="value")
    )
    show.expect(
        "scale and shift",
        _numbers(adapted.weight) + _numbers(adapted.bias),
        [3.0, 1.0],
        "They were learned. AdaBN touches statistics only: is it `reset_running_stats` that you call?",
    )
    show.expect(
        "running mean and variance of the source model",
        _numbers(source.running_mean) + _numbers(source.running_var),
        [10.0, 4.0],
        "The source model is still needed, to compare. Work on a copy.",
    )
    show.that(
        not adapted.training,
        "what is returned is in eval mode",
        "In train mode it would normalise each batch by itself, and forget what it has just learned.",
    )
    show.expect("the norm's momentum", adapted.momentum, 0.1, "Whoever trains the model later wants it as it was.")

    show.tried("dropout, then a batch norm deeper in the model; all pictures are 2, and the model comes in train mode")
    model = nn.Sequential(nn.Dropout(0.5), nn.Sequential(_norm()), nn.Flatten()).train()
    torch.manual_seed(0)
    adapted = adabn(model, [torch.full((8, 1), 2.0)])
    inner = [m for m in adapted.modules() if isinstance(m, nn.BatchNorm1d)]
    show.expect(
        "running mean and variance of the inner norm",
        _numbers(inner[0].running_mean) + _numbers(inner[0].running_var),
        [2.0, 0.0],
        "Is the norm found, however deep it lies? And is dropout at work? It would set half of the twos to zero.",
        atol=1e-4,
    )
    show.that(model.training, "the source model is still in train mode", "It is not yours: change the copy only.")

    show.tried("a loader from which nothing comes")
    try:
        adabn(_norm(), [])
        refused = False
    except Exception:
        refused = True
    show.that(refused, "an error is raised", "Reset and never filled, the statistics would be 0 and 1, in silence.")
    show.untried(
        "convolutional networks, batches of one and of different sizes, models of transformers, and training afterwards"
    )
