"""Notebook 03: what is worth moving, how fast, for how long, and what moves unasked."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.effects.backbone import (
    BATCH,
    BLOCKS,
    PILOT_SEEDS,
    VALIDATION_SEED,
    accuracies,
    backbone,
    freeze_below,
    head,
    moved,
    optimizer,
    photos,
    probe_head,
    snapshot,
    test_photos,
    tune,
)
from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.data import ImageSet
from tlcore.training import accuracy, predict

HEAD_RATE = 1e-2
"""The rate of a fresh head."""
PILOT_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
UNFREEZE_RATES = {0: 0.0, 1: 3e-3, 2: 3e-3, 3: 3e-3, 4: 3e-3}
"""The body's rate by how many top blocks move: the best mean of the pilot."""
LP_FT_RATE = 1e-3
"""One rate for the body and for a head that was probed first: likewise."""


def pilot(setting: Setting, seed: int) -> Values:
    """Accuracy on validation photos, by which the rates above were chosen."""
    train = photos("target", setting["labels"], seed)
    model = backbone(seed)
    rate = setting["rate"]
    if setting["regime"] == "probe, then all":
        probe_head(model, train)
        tune(model, train, optimizer(model, rate, rate), seed)
    else:
        k = int(setting["regime"].split()[1])
        still = freeze_below(model, k)
        tune(model, train, optimizer(model, rate, HEAD_RATE), seed, still=still)
    return {"accuracy": accuracy(model, test_photos("target", 0.1, VALIDATION_SEED))}


def learning_rates(setting: Setting, seed: int) -> Values:
    """All blocks move, with one rate for the body and one for a fresh head."""
    train = photos("target", 25, seed)
    model = backbone(seed)
    before = snapshot(model)
    tune(model, train, optimizer(model, setting["body"], setting["head"]), seed)
    return {**accuracies(model), **moved(model, before)}


def unfreezing(setting: Setting, seed: int) -> Values:
    """The top k blocks move under a fresh head; frozen blocks stay in eval mode."""
    train = photos("target", setting["labels"], seed)
    model = backbone(seed)
    before = snapshot(model)
    still = freeze_below(model, setting["blocks"])
    tune(model, train, optimizer(model, UNFREEZE_RATES[setting["blocks"]], HEAD_RATE), seed, still=still)
    return {**accuracies(model), **moved(model, before)}


def probe_first(setting: Setting, seed: int) -> Values:
    """A linear probe, fine-tuning at once, and fine-tuning from the probe's head."""
    train = photos("target", setting["labels"], seed, setting.get("severity"))
    model = backbone(seed)
    before = snapshot(model)
    if setting["regime"] == "all at once":
        tune(model, train, optimizer(model, UNFREEZE_RATES[len(BLOCKS)], HEAD_RATE), seed)
    else:
        probe_head(model, train)
        before["head"] = snapshot(model)["head"]
        if setting["regime"] == "probe, then all":
            tune(model, train, optimizer(model, LP_FT_RATE, LP_FT_RATE), seed)
    return {**accuracies(model), **moved(model, before)}


def early_stopping(setting: Setting, seed: int) -> Values:
    """One long run at a constant rate; which of its states is kept, and what that state scores on the test."""
    train = _with_wrong_labels(photos("target", setting["labels"], seed), setting["wrong"], seed)
    validation = photos("target", 10, VALIDATION_SEED + 1 + seed)
    test = test_photos("target", 0.1)
    model = backbone(seed)
    curves: dict[str, list[float]] = {"train": [], "validation": [], "validation loss": [], "test": []}

    def look(step: int) -> None:
        logits = predict(model, validation.images)
        curves["train"].append(accuracy(model, train))
        curves["validation"].append(float((logits.argmax(1) == validation.labels).float().mean()))
        curves["validation loss"].append(float(F.cross_entropy(logits, validation.labels)))
        curves["test"].append(accuracy(model, test))

    rates = optimizer(model, UNFREEZE_RATES[len(BLOCKS)], HEAD_RATE)
    tune(model, train, rates, seed, steps=400, cosine=False, every=20, look=look)
    by_accuracy = _argmax(curves["validation"])
    by_loss = _argmax([-loss for loss in curves["validation loss"]])
    patient, looks = _with_patience(curves["validation"], patience=5)
    on_test = curves["test"]
    return {
        "last step": on_test[-1],
        "fixed: step 100": on_test[5],
        "best by validation accuracy": on_test[by_accuracy],
        "best by validation loss": on_test[by_loss],
        "stopped after 5 looks without a gain": on_test[patient],
        "best by test (not allowed)": max(on_test),
        "validation accuracy of its best": curves["validation"][by_accuracy],
        "step of the best": float(20 * by_accuracy),
        "steps run with patience": float(20 * looks),
        **{f"curve {name}": values for name, values in curves.items()},
    }


def norm_drift(setting: Setting, seed: int) -> Values:
    """Only the head is trained; the frozen body is in eval or in train mode meanwhile."""
    train = photos("target", 25, seed, setting["severity"])
    source = test_photos("source", 0.0)
    model = backbone(seed)
    old_head = backbone(seed, None).classifier
    frozen = freeze_below(model, 0)
    before = [copy.deepcopy(norm) for norm in _norms(model)]
    tune(
        model,
        train,
        optimizer(model, 0.0, HEAD_RATE),
        seed,
        batch=setting["batch"],
        still=frozen if setting["mode"] == "eval" else (),
    )
    values = {**accuracies(model), **_drift(_norms(model), before)}
    new_head = head(model)
    model.classifier = old_head
    values["source, old head"] = accuracy(model, source)
    model.classifier = new_head
    for norm, old in zip(_norms(model), before, strict=True):
        norm.load_state_dict(old.state_dict())
    values["severity 0.1, buffers put back"] = accuracy(model, test_photos("target", 0.1))
    return values


def _norms(model: nn.Module) -> list[nn.BatchNorm2d]:
    return [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]


def _drift(norms: list[nn.BatchNorm2d], before: list[nn.BatchNorm2d]) -> dict[str, float]:
    """Mean over layers and channels: the shift of the mean in old standard deviations, and |log| of the variance's."""
    means, variances = [], []
    for norm, old in zip(norms, before, strict=True):
        new_mean, new_var, old_mean, old_var = map(
            _tensor, (norm.running_mean, norm.running_var, old.running_mean, old.running_var)
        )
        means.append(((new_mean - old_mean).abs() / (old_var + old.eps).sqrt()).mean())
        variances.append(((new_var + old.eps) / (old_var + old.eps)).log().abs().mean())
    counted = _tensor(norms[0].num_batches_tracked) - _tensor(before[0].num_batches_tracked)
    return {
        "mean moved (sd)": float(torch.stack(means).mean()),
        "variance moved (log)": float(torch.stack(variances).mean()),
        "batches counted": float(counted),
    }


def _tensor(value: Any) -> torch.Tensor:
    return value


def _with_wrong_labels(data: ImageSet, share: float, seed: int) -> ImageSet:
    """The same photos, a share of them with the label of another class."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(data), generator=generator)[: round(share * len(data))]
    labels = data.labels.clone()
    step = torch.randint(1, data.n_classes, (len(rows),), generator=generator)
    labels[rows] = (labels[rows] + step) % data.n_classes
    return replace(data, labels=labels)


def _argmax(values: list[float]) -> int:
    """The first of the largest."""
    return values.index(max(values))


def _with_patience(values: list[float], patience: int) -> tuple[int, int]:
    """The best look until `patience` looks brought no gain, and the look at which the run stops."""
    best = 0
    for i, value in enumerate(values):
        if value > values[best]:
            best = i
        if i - best >= patience:
            return best, i
    return best, len(values) - 1


REGIMES = ("probe only", "all at once", "probe, then all")
EFFECTS = (
    Effect(
        "pilot",
        [
            *grid(regime=["top 1", "top 2", "top 3"], labels=[25], rate=PILOT_RATES[:-1]),
            *grid(regime=["top 4", "probe, then all"], labels=[5, 10, 25, 50, 100], rate=PILOT_RATES[:-1]),
        ],
        pilot,
        PILOT_SEEDS,
    ),
    Effect("learning_rates", grid(head=[1e-3, 3e-3, 1e-2], body=PILOT_RATES), learning_rates),
    Effect("unfreezing", grid(labels=[5, 10, 25, 50], blocks=[0, 1, 2, 3, 4]), unfreezing),
    Effect("probe_first", grid(labels=[5, 10, 25, 50], regime=REGIMES), probe_first),
    Effect("early_stopping", grid(labels=[5, 25], wrong=[0.0, 0.3]), early_stopping),
    Effect("norm_drift", grid(severity=[0.1, 0.4], batch=[BATCH, 4], mode=["eval", "train"]), norm_drift),
)
