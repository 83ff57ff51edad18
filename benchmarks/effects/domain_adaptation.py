"""Notebook 08: batch-norm statistics of the target, a domain-adversarial body, and where each of them harms."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.effects.backbone import TEST_SEED, backbone, head, photos
from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.data import ImageSet
from tlcore.models import logits_of
from tlcore.training import accuracy, predict

ADAPT_PER_CLASS = 50
"""Unlabelled photos of each of the ten source illnesses that AdaBN and DANN see."""
DANN_STEPS, DANN_BATCH, DANN_RATE = 200, 32, 1e-3
MIXES = {
    "all ten classes": [1.0] * 10,
    "skewed (largest 10 times the smallest)": [10 ** (-i / 9) for i in range(10)],
    "three classes": [1.0] * 3 + [0.0] * 7,
    "one class": [1.0] + [0.0] * 9,
}
"""Class proportions of target photos; which class gets which share changes with the seed."""


def adabn(model: nn.Module, images: Tensor, batch: int = 500, momentum: float | None = None) -> nn.Module:
    """Replace the batch-norm statistics by those of unlabelled photos, in place; no weight moves.

    Args:
        model: any model with batch norm; it comes back in eval mode.
        images: (N, 3, 32, 32) normalised photos, in the order in which they arrive.
        batch: photos of a forward pass.
        momentum: None resets the statistics and averages over all batches alike; a number keeps the old statistics
            and moves them by that share with every batch.

    Source: Li et al. 2016, "Revisiting batch normalization for practical domain adaptation".
    """
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    model.eval()
    for norm in norms:
        if momentum is None:
            norm.reset_running_stats()
        norm.momentum = momentum
        norm.train()
    with torch.no_grad():
        for part in images.split(batch):
            model(part)
    return model.eval()


def by_severity(setting: Setting, seed: int) -> Values:
    """The source model on source illnesses, photographed at a severity, without and with AdaBN."""
    severity = setting["severity"]
    unlabelled, test = _unlabelled(seed, severity), _test(seed, severity)
    values = {"no adaptation": accuracy(backbone(seed, None), test)}
    model = adabn(backbone(seed, None), unlabelled.images)
    values["AdaBN"] = accuracy(model, test)
    values["AdaBN on 50 photos"] = accuracy(adabn(backbone(seed, None), unlabelled.images[:50]), test)
    return values


def streams(setting: Setting, seed: int) -> Values:
    """AdaBN on 500 photos at severity 0.3 that come in batches, shuffled or one class after the other."""
    unlabelled, test = _unlabelled(seed, 0.3), _test(seed, 0.3)
    order = unlabelled.labels.argsort(stable=True) if setting["order"] == "one class at a time" else slice(None)
    momentum = None if setting["way"] == "reset, average of all batches" else 0.1
    model = adabn(backbone(seed, None), unlabelled.images[order], setting["batch"], momentum)
    predicted = predict(model, test.images).argmax(1)
    # How uneven the predictions are: the share of the class that is predicted most (0.1 is even).
    most = float(predicted.bincount(minlength=10).max()) / len(predicted)
    return {"accuracy": float((predicted == test.labels).float().mean()), "most predicted class": most}


def batch_at_test(setting: Setting, seed: int) -> Values:
    """No stored statistics at all: every test batch is normalised by itself, at severity 0.3."""
    test = _test(seed, 0.3)
    order = test.labels.argsort(stable=True) if setting["order"] == "one class at a time" else slice(None)
    test = test[order]
    model = backbone(seed, None)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.train()
    with torch.no_grad():
        logits = torch.cat([logits_of(model(part)) for part in test.images.split(setting["batch"])])
    return {"accuracy": float((logits.argmax(1) == test.labels).float().mean())}


def class_mix(setting: Setting, seed: int) -> Values:
    """AdaBN on photos whose classes come in other proportions than in the source; tested on the same proportions."""
    shares = torch.tensor(MIXES[setting["mix"]])
    shares = shares[torch.randperm(10, generator=torch.Generator().manual_seed(seed))]
    unlabelled = _mixed(photos("source", 300, seed, setting["severity"]), shares, 300)
    test = _mixed(photos("source", 300, TEST_SEED + 1 + seed, setting["severity"]), shares, 300)
    return {
        "no adaptation": accuracy(backbone(seed, None), test),
        "AdaBN": accuracy(adabn(backbone(seed, None), unlabelled.images), test),
    }


def dann(setting: Setting, seed: int) -> Values:
    """Some hundred further steps on labelled source photos, with the target's photos beside them or without."""
    severity = setting["severity"]
    source, target, test = photos("source", 100, seed, 0.0), _unlabelled(seed, severity), _test(seed, severity)
    model = backbone(seed, None)
    critic = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    optimizer = torch.optim.AdamW([*model.parameters(), *critic.parameters()], lr=DANN_RATE, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    strength: float | None = setting["lambda"]
    right = 0.0
    for step in range(DANN_STEPS):
        rows = torch.randint(len(source), (DANN_BATCH,), generator=generator)
        images, labels = source.images[rows], source.labels[rows]
        model.train()
        if strength is None:
            loss = F.cross_entropy(logits_of(model(images)), labels)
        else:
            others = target.images[torch.randint(len(target), (DANN_BATCH,), generator=generator)]
            features = _features(model, torch.cat([images, others]))
            # The schedule of the paper: from 0 to `strength`.
            grown = strength * (2 / (1 + math.exp(-10 * step / DANN_STEPS)) - 1)
            domain = torch.cat([torch.zeros(DANN_BATCH), torch.ones(DANN_BATCH)])
            told = critic(_Reverse.apply(features, grown))[:, 0]
            loss = F.cross_entropy(head(model)(features[:DANN_BATCH]), labels)
            loss = loss + F.binary_cross_entropy_with_logits(told, domain)
            if step >= DANN_STEPS - 20:
                right += float(((told > 0) == (domain > 0.5)).float().mean()) / 20
        for group in optimizer.param_groups:
            group["lr"] = DANN_RATE * (0.5 + 0.5 * math.cos(math.pi * step / DANN_STEPS))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    values = {"as trained": accuracy(model, test), "critic right at the end": right}
    values["then AdaBN"] = accuracy(adabn(model, target.images), test)
    return values


class _Reverse(torch.autograd.Function):
    """The identity, whose gradient is multiplied by -strength (Ganin & Lempitsky 2015)."""

    @staticmethod
    def forward(context: Any, x: Tensor, strength: float) -> Tensor:
        context.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -context.strength * gradients[0], None


def _features(model: nn.Module, images: Tensor) -> Tensor:
    return model.resnet(images).pooler_output  # type: ignore[operator]


def _unlabelled(seed: int, severity: float) -> ImageSet:
    return photos("source", ADAPT_PER_CLASS, seed, severity)


def _test(seed: int, severity: float) -> ImageSet:
    """1,000 photos, other ones for each seed: the checkpoint is one, so that the test rows are what can vary."""
    return photos("source", 100, TEST_SEED + 1 + seed, severity)


def _mixed(data: ImageSet, shares: Tensor, n: int) -> ImageSet:
    """`n` photos whose classes have the given proportions, in the order in which they were."""
    counts = (shares / shares.sum() * n).round().long()
    rows = [torch.nonzero(data.labels == label).flatten()[:count] for label, count in enumerate(counts.tolist())]
    return data[torch.cat(rows).sort().values]


ORDERS = ("shuffled", "one class at a time")
WAYS = ("reset, average of all batches", "no reset, momentum 0.1")
EFFECTS = (
    Effect("by_severity", grid(severity=[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7]), by_severity),
    Effect("streams", grid(batch=[2, 16, 500], way=WAYS, order=ORDERS), streams),
    Effect("batch_at_test", grid(batch=[4, 50], order=ORDERS), batch_at_test),
    Effect("class_mix", grid(mix=list(MIXES), severity=[0.0, 0.3]), class_mix),
    Effect("dann", [{"severity": 0.3, "lambda": strength} for strength in (None, 0.0, 1.0)], dann),
)
