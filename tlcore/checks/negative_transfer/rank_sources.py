"""Public check of `rank_sources`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.pretraining.sources import Candidate

LEVEL, SPREAD = 0.5, 0.1


def _looks_at(pixels, name, accuracy, raw=False):
    """A body that sees some of nine pixels, has batch norm and ReLU, and is in train mode, as a trained one is."""
    weight = torch.zeros(len(pixels), 9)
    weight[range(len(pixels)), pixels] = 1.0
    body = nn.Sequential(nn.Flatten(), nn.Linear(9, len(pixels)), nn.BatchNorm1d(len(pixels)), nn.ReLU())
    body[1].weight.data, body[1].bias.data = weight, torch.full((len(pixels),), 1.0)
    mean, std = ((0.0,), (1.0,)) if raw else ((LEVEL,), (SPREAD,))
    if raw:
        body[1].weight.data /= SPREAD
        body[1].bias.data -= LEVEL / SPREAD
    return Candidate(name, body, nn.Identity(), mean, std, accuracy, 9 * len(pixels))


def _few(seed):
    """Forty pictures of two classes, 3 x 3: pixel 4 tells the class, pixel 0 does a little, the others are noise."""
    generator = torch.Generator().manual_seed(seed)
    labels = (torch.arange(40) % 2)[torch.randperm(40, generator=generator)]
    x = torch.randn(40, 9, generator=generator)
    x[:, 4] += 4.0 * labels
    x[:, 0] += 1.5 * labels
    return (LEVEL + SPREAD * x).view(-1, 1, 3, 3), labels


def check(rank_sources, show):
    names = ["the middle", "the corner", "the rest"]
    worth = {"the middle": 97.0, "the corner": 77.0, "the rest": 50.0}
    show.tried("three sources: one sees the pixel that tells the class, one a pixel that tells a little, one neither")
    # Each also sees pixel 8, which tells nothing: with one feature alone, angles between pictures would say nothing.
    middle, corner = _looks_at([4, 8], "the middle", 0.71), _looks_at([0, 8], "the corner", 0.82)
    rest = _looks_at([1, 2, 3, 5, 6, 7] * 8, "the rest", 0.99)
    candidates = [rest, corner, middle]
    before = [tensor.clone() for candidate in candidates for tensor in candidate.body.state_dict().values()]
    order = rank_sources(candidates, _few(0))
    teach = "Nothing came back: is a `return` missing?" if order is None else "All three names, each once."
    if not show.that(order is not None and sorted(order) == sorted(names), "it returns the names", teach):
        return
    show.expect(
        "the order",
        list(order),
        names,
        "The card of 'the rest' claims the highest accuracy, it is the largest, and a head can fit the forty pictures "
        "with it, but not others.",
    )
    places = [f"place {i + 1}" for i in range(3)]
    bars = [worth[name] for name in order], [worth[name] for name in names]
    show.picture(plots.bars("What the sources are worth, in your order", places, *bars, ylabel="accuracy in %"))
    after = [tensor for candidate in candidates for tensor in candidate.body.state_dict().values()]
    same = all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    show.that(same, "no tensor of a body has changed", "A batch norm in train mode moves its statistics.")

    show.tried("the same in another order, where 'the corner' was trained on pictures that were not normalised")
    order = rank_sources([_looks_at([0, 8], "the corner", 0.82, raw=True), middle, rest], _few(1))
    teach = "Each body gets pictures as its own card says: mean 0 and deviation 1 leave them as they are."
    show.expect("the order", list(order), names, teach)
    show.untried("convolutions, more classes and channels, and networks of transformers")
