"""Notebook 01: what a pre-trained network is worth on few labels, with the control that it could have failed.

Four ways to use one architecture, each looked at every few updates on the same test photos.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.effects.backbone import (
    BATCH,
    PILOT_SEEDS,
    STEPS,
    VALIDATION_SEED,
    backbone,
    held_out,
    optimizer,
    photos,
    tune,
)
from benchmarks.effects.common import Effect, Setting, Values, grid
from benchmarks.effects.fine_tuning import ONE_RATES
from tlcore.data import ImageSet
from tlcore.models import tiny_resnet
from tlcore.training import accuracy, predict

LABELS = (5, 25, 100)
"""Labels per class."""
EVERY = 10
"""Updates between two looks."""
TAIL = 5
"""The last looks whose mean is the level that a curve ends at."""
THRESHOLD = 0.4
"""The accuracy that a run should reach."""
PRETRAINED, TUNED, SCRATCH, RANDOM = "pretrained, frozen", "pretrained, fine-tuned", "scratch", "random, frozen"
ARMS = (PRETRAINED, TUNED, SCRATCH, RANDOM)
FROZEN_RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
SCRATCH_RATES = (1e-3, 3e-3, 1e-2)
RATES: dict[str, dict[int, float]] = {
    PRETRAINED: {5: 3e-3, 25: 1e-2, 100: 3e-2},
    TUNED: ONE_RATES,
    SCRATCH: {5: 1e-3, 25: 1e-2, 100: 3e-3},
    RANDOM: {5: 1e-3, 25: 1e-2, 100: 1e-2},
}
"""By arm and labels per class: the best mean of the pilot. That of fine-tuning is notebook 03's."""


def pilot(setting: Setting, seed: int) -> Values:
    """Accuracy on validation photos, by which the rates are chosen: each arm has its own choice of rates."""
    validation = held_out("target", 0.1, VALIDATION_SEED)
    return {"accuracy": _curve(setting["arm"], setting["labels"], setting["rate"], seed, validation, STEPS)[-1]}


def arms(setting: Setting, seed: int) -> Values:
    """The curve of one arm on the test photos, and what notebook 01 reads off it."""
    arm, labels = setting["arm"], setting["labels"]
    curve = _curve(arm, labels, RATES[arm][labels], seed, held_out("target", 0.1))
    reached = [EVERY * look for look, value in enumerate(curve) if value >= THRESHOLD]
    return {
        "start": curve[0],
        "after 10 updates": curve[1],
        "end": curve[-1],
        "level": sum(curve[-TAIL:]) / TAIL,
        "updates to 40 %": float(reached[0]) if reached else float(STEPS),
        "reached 40 %": float(bool(reached)),
        "curve": curve,
    }


def _curve(arm: str, labels: int, rate: float, seed: int, test: ImageSet, every: int = EVERY) -> list[float]:
    """Accuracies before the first update and after every `every` of them."""
    train = photos("target", labels, seed)
    if arm in (PRETRAINED, RANDOM):
        body = backbone(seed) if arm == PRETRAINED else _random_body(seed, train)
        torch.manual_seed(seed)
        features = _features(body, train), train.labels, _features(body, test), test.labels
        return _head_curve(*features, rate, seed, every)
    curve: list[float] = []
    model = backbone(seed) if arm == TUNED else _fresh(seed)
    tune(
        model,
        train,
        optimizer(model, rate, rate),
        seed,
        every=every,
        look=lambda step: curve.append(accuracy(model, test)),
    )
    return curve


def _fresh(seed: int) -> nn.Module:
    """The same architecture with random weights."""
    torch.manual_seed(seed)
    return tiny_resnet(6)


def _random_body(seed: int, train: ImageSet) -> nn.Module:
    """Random weights, with batch-norm statistics of the training photos: a control that is given a fair chance."""
    model: Any = _fresh(seed)
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None  # the average of all batches
    model.train()
    with torch.no_grad():
        model(train.images)
    return model.eval()


def _features(model: Any, data: ImageSet) -> Tensor:
    """(N, 64): what the head would see."""
    head, model.classifier = model.classifier, nn.Flatten()
    features = predict(model, data.images)
    model.classifier = head
    return features


def _head_curve(
    x: Tensor, y: Tensor, test_x: Tensor, test_y: Tensor, rate: float, seed: int, every: int
) -> list[float]:
    """Train a linear head on features that stand still, scaled by their mean and deviation in training."""
    centre, spread = x.mean(0), x.std(0).clamp_min(1e-6)
    x, test_x = (x - centre) / spread, (test_x - centre) / spread
    head = nn.Linear(x.shape[1], 6)
    step = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(step, STEPS)
    generator = torch.Generator().manual_seed(seed)
    order: list[Tensor] = []
    curve = []
    for update in range(STEPS + 1):
        if update % every == 0:
            with torch.no_grad():
                curve.append(float((head(test_x).argmax(1) == test_y).float().mean()))
        if update == STEPS:
            break
        if not order:
            order = list(torch.randperm(len(y), generator=generator).split(BATCH))
        rows = order.pop()
        step.zero_grad()
        F.cross_entropy(head(x[rows]), y[rows]).backward()
        step.step()
        schedule.step()
    return curve


EFFECTS = (
    Effect(
        "pilot",
        [
            *grid(arm=[PRETRAINED, RANDOM], labels=LABELS, rate=FROZEN_RATES),
            *grid(arm=[SCRATCH], labels=LABELS, rate=SCRATCH_RATES),
        ],
        pilot,
        PILOT_SEEDS,
    ),
    Effect("arms", grid(labels=LABELS, arm=ARMS), arms),
)
