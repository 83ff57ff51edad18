"""Candidates for `rank_sources` whose true order is known, and far from any tie.

A picture is a pattern of its class and noise. What a body has learned are directions in which it looks: along the
patterns, or past them. The truth is counted with the body as it should be used, on 800 other pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from grader.remote.tools.negative_transfer import body_of
from grader.student.given import Given
from grader.student.views import View
from tlcore import plots
from tlcore.data import leaves

APART, APART_BY_NEIGHBOURS = 0.2, 0.04
"""Least difference of the true accuracies of two candidates that follow each other; and of the shares that the nearest
neighbours among the few get right, whichever number of them is asked: the weakest of the right procedures."""
SPREAD = 0.12
"""Standard deviation of the noise of a pixel; the patterns are of the same order."""
RESNET_NOISE = {0.0: 0.6, 0.7: 0.3, 1.0: 0.25}
"""Share of noise among the weights, and about what accuracy is left: the last two are too near for an order."""


@dataclass(frozen=True)
class Plan:
    """What is wanted of one candidate."""

    quality: float
    """How much of what it looks at is class: 0 is nothing, 1 is all."""
    width: int = 16
    """How many features."""
    own_card: bool = True
    """Trained on normalised pictures, and blind without; otherwise its card says mean 0 and deviation 1."""
    dead: bool = False
    """Its statistics come from other pictures: what it knows never gets through, unless a batch normalises itself."""
    silent: int = 0
    """So many of its features are zero for every picture."""


@dataclass(frozen=True)
class Hub:
    """What the answer is given, and the truth."""

    made: list[dict[str, Any]]
    """For `tools.source_candidates`."""
    images: Tensor
    labels: Tensor
    truth: dict[str, float]
    """The true accuracy of each candidate."""

    @property
    def order(self) -> str:
        """The names, best first, in one text. As a list of three names it would often be that of a wrong idea which is
        not at work: scores that are all alike leave every hub in the order in which it came."""
        return ", ".join(sorted(self.truth, key=lambda name: self.truth[name], reverse=True))

    @property
    def view(self) -> View:
        """An order, drawn as the true accuracies in that order."""
        return as_worth(self.truth)


def as_worth(truth: dict[str, float]) -> View:
    """An order of sources, as a text or a list of names, drawn as their true accuracies in that order."""

    def names(order: str | list[str]) -> list[str]:
        return order.split(", ") if isinstance(order, str) else order

    def draws(observed: Any, expected: Any) -> dict[str, Any]:
        yours, right = ([round(100 * truth[name], 1) for name in names(side)] for side in (observed, expected))
        places = [f"place {i + 1}" for i in range(len(right))]
        return plots.bars("True accuracy of the sources, in your order", places, yours, right, ylabel="%")

    return View(lambda order: ", ".join(names(order)), draws)


class World:
    """A target: patterns of its classes, and pictures with them."""

    def __init__(self, given: Any, classes: int, channels: int, size: int, signal: float = 3.0) -> None:
        self.given, self.classes, self.shape = given, classes, (channels, size, size)
        # The channels are well apart, the first one darkest: neither its card nor a mean of all will do for the others.
        steps = torch.linspace(-0.1, 0.1, channels) if channels > 1 else torch.zeros(1)
        self.levels = 0.5 + steps + torch.tensor([given.random.uniform(-0.02, 0.02) for _ in range(channels)])
        patterns = given.tensor(classes, channels * size * size)
        patterns = patterns - patterns.mean(0)
        patterns = self.equally_bright(patterns)
        self.patterns = signal * patterns / patterns.norm(dim=1, keepdim=True)

    def equally_bright(self, rows: Tensor) -> Tensor:
        """Rows of pixels without the mean of each channel: no picture is brighter than another."""
        channels = rows.view(len(rows), self.shape[0], -1)
        return (channels - channels.mean(2, keepdim=True)).flatten(1)

    def pictures(self, per_class: int) -> tuple[Tensor, Tensor]:
        """Pictures between 0 and 1, and their labels."""
        labels = self.given.labels(per_class * self.classes, self.classes)
        noise = self.given.tensor(len(labels), self.patterns.shape[1])
        x = self.patterns[labels] + self.equally_bright(noise)
        pixels = self.levels.view(1, -1, 1, 1) + SPREAD * x.view(-1, *self.shape)
        return pixels.clamp(0, 1), labels

    def candidate(self, plan: Plan, kind: str) -> dict[str, Any]:
        """A body as the plan wants it, with the mean and deviation of its card."""
        looks = self._directions(plan)
        channels, width = self.shape[0], plan.width
        mean, std = [0.0] * channels, [1.0] * channels
        if plan.own_card:
            # The source was brighter, so that neither the mean nor the deviation can be left out.
            mean = [round(float(v) + 0.06, 4) for v in self.levels]
            std = [round(SPREAD * self.given.random.uniform(1.0, 1.3), 4) for _ in mean]
        x = normalised(self.pictures(40)[0], mean, std).flatten(1)
        z = x @ looks.T
        level, spread = z.mean(0), z.var(0)
        if plan.dead:
            level[width // 4 :] += 6 * spread[width // 4 :].sqrt()
        if plan.silent:
            level[-plan.silent :] += 60 * spread[-plan.silent :].sqrt()
        first, norm = ("0", "1") if kind == "conv" else ("1", "2")
        tensors = {
            f"{first}.weight": (looks.view(width, *self.shape) if kind == "conv" else looks).contiguous(),
            f"{first}.bias": torch.zeros(width),
            f"{norm}.weight": torch.ones(width),
            f"{norm}.bias": torch.zeros(width),
            f"{norm}.running_mean": level,
            f"{norm}.running_var": spread,
            f"{norm}.num_batches_tracked": torch.tensor(500),
        }
        return {"kind": kind, "tensors": tensors, "mean": mean, "std": std, "parameters": looks.numel() + 3 * width}

    def _directions(self, plan: Plan) -> Tensor:
        """(width, pixels): unit vectors, so much of each inside the space of the patterns; and brightness beside.

        Brightness decides nothing as long as a body gets pictures as its card says, for it is the same in all of them,
        channel by channel. Otherwise all that a body computes is far below zero, where ReLU gives nothing. It looks
        most at the brightest channel, so that levels which are right on average only are wrong for it.
        """
        basis = torch.linalg.qr(self.patterns.T[:, : self.classes - 1]).Q
        inside = self.given.tensor(plan.width, basis.shape[1]) @ basis.T
        outside = self.given.tensor(plan.width, basis.shape[0])
        outside = outside - outside @ basis @ basis.T
        inside, outside = (v / v.norm(dim=1, keepdim=True) for v in (inside, outside))
        quality = torch.full((plan.width, 1), plan.quality)
        if plan.dead:
            quality[: plan.width // 4] = 0.0
        channels = self.shape[0]
        most = torch.linspace(-1.2, 1.2, channels) if channels > 1 else torch.zeros(1)
        bright = (-16.0 if plan.own_card else 16.0) / basis.shape[0] * (1 + most)
        bright = bright.repeat_interleave(basis.shape[0] // channels)
        return quality * inside + (1 - quality**2).sqrt() * outside + bright


def normalised(images: Tensor, mean: list[float], std: list[float]) -> Tensor:
    """Pictures (N, C, H, W) as a card says."""
    return (images - torch.tensor(mean).view(1, -1, 1, 1)) / torch.tensor(std).view(1, -1, 1, 1)


def hub(
    given: Any, plans: list[Plan], kind: str, sizes: tuple[int, int, int], own_card_first: bool | None = None
) -> Hub:
    """Candidates in random order, whose true accuracies are well apart.

    sizes: classes, channels, and height and width of the target's pictures.
    """
    return _hub(given.integer(0, 2**40), tuple(plans), kind, sizes, own_card_first)


@lru_cache(maxsize=64)
def _hub(
    seed: int, plans: tuple[Plan, ...], kind: str, sizes: tuple[int, int, int], own_card_first: bool | None
) -> Hub:
    """Kept, because everybody who is asked with one course key is asked about the same candidates."""
    given = Given(None, seed)  # type: ignore[arg-type]  # it only draws numbers
    while True:
        world = World(given, *sizes)
        made = [world.candidate(plan, kind) for plan in plans]
        few, test = world.pictures(25), world.pictures(800 // world.classes)
        true = [true_accuracy(one, few, test) for one in made]
        order = sorted(range(len(made)), key=lambda i: true[i], reverse=True)
        if min(true[a] - true[b] for a, b in pairwise(order)) < APART:
            continue
        shares = [by_neighbours(one, few) for one in made]
        gaps = [x - y for a, b in pairwise(order) for x, y in zip(shares[a], shares[b], strict=True)]
        if min(gaps) >= APART_BY_NEIGHBOURS:
            return with_claims(given, made, true, few, own_card_first)


def with_claims(
    given: Any, made: list[dict[str, Any]], true: list[float], few: tuple[Tensor, Tensor], first: bool | None = None
) -> Hub:
    """The hub, in random order and with made-up names. What the cards claim of each source's own task puts another one
    first, and is not the reverse of the truth either.

    first: whether the first candidate has a card of its own, if that matters.
    """
    order = list(range(len(made)))
    given.random.shuffle(order)
    if first is not None:
        order.sort(key=lambda i: (made[i]["mean"][0] != 0) != first)
    names = given.names(len(made))
    best_first = sorted(range(len(made)), key=lambda i: true[i], reverse=True)
    claimed = list(best_first)
    while claimed[0] == best_first[0] or claimed == best_first[::-1]:
        given.random.shuffle(claimed)
    accuracies = sorted((given.random.uniform(0.6, 0.99) for _ in made), reverse=True)
    for i, accuracy in zip(claimed, accuracies, strict=True):
        made[i] |= {"name": names[i], "accuracy": round(accuracy, 3)}
    truth = {names[i]: true[i] for i in best_first}
    return Hub([made[i] for i in order], *few, truth)


def true_accuracy(one: dict[str, Any], few: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor]) -> float:
    """How well a linear head on the frozen body does that was fitted on the few."""
    body = body_of(one["kind"], one["tensors"]).eval()
    with torch.no_grad():
        x, test_x = (body(normalised(images, one["mean"], one["std"])).numpy() for images, _ in (few, test))
    probe = make_pipeline(StandardScaler(), RidgeClassifier(alpha=10.0)).fit(x, few[1].numpy())
    return float(np.mean(probe.predict(test_x) == test[1].numpy()))


def by_neighbours(one: dict[str, Any], few: tuple[Tensor, Tensor]) -> list[float]:
    """How often the nearest others of each of the few vote for the right class: one, five and nine of them."""
    body = body_of(one["kind"], one["tensors"]).eval()
    with torch.no_grad():
        x = body(normalised(few[0], one["mean"], one["std"]))
    x = (x - x.mean(0)) / (x.std(0) + 1e-6)
    nearest = torch.cdist(x, x).fill_diagonal_(torch.inf).topk(9, largest=False).indices
    votes = [few[1][nearest[:, :k]].mode(1).values for k in (1, 5, 9)]
    return [float((vote == few[1]).float().mean()) for vote in votes]


def noisy_resnets(given: Any, per_class: int = 15) -> Hub:
    """Networks of transformers' that learned leaves, with more and more noise among their weights, and photos of other
    leaves. The truth is known without counting."""
    from tlcore.loading import from_pretrained

    card = from_pretrained("leaves-resnet")[1]
    few = leaves("target", per_class, seed=given.integer(0, 9999), severity=0.0)
    made: list[dict[str, Any]] = []
    for share in RESNET_NOISE:
        tensors = {"share": torch.tensor(share), "seed": torch.tensor(given.integer(0, 2**30))}
        made.append({"kind": "noisy resnet", "tensors": tensors, "mean": list(card.mean), "std": list(card.std)})
        made[-1]["parameters"] = 80_000
    return with_claims(given, made, list(RESNET_NOISE.values()), (few.images, few.labels))
