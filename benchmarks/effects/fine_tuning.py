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
    PILOT_SEEDS,
    STEPS,
    VALIDATION_SEED,
    accuracies,
    backbone,
    blocks,
    freeze_below,
    head,
    held_out,
    moved,
    optimizer,
    photos,
    probe_head,
    snapshot,
    tune,
)
from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.data import ImageSet
from tlcore.training import accuracy, predict

LABELS = (5, 25, 100)
"""Labels per class."""
EVERY = 25
"""Updates between two looks at the validation photos."""
HEAD_RATE = 1e-2
"""The rate of a fresh head."""
PILOT_RATES = (1e-4, 3e-4, 1e-3, 3e-3)
BODY_RATES = {5: 1e-4, 10: 1e-4, 25: 3e-4, 50: 1e-3, 100: 3e-3}
"""The body's rate under a fresh head, by labels per class: the best mean of the pilot."""
ONE_RATES = {5: 1e-3, 25: 1e-3, 100: 3e-3}
"""One rate for body and fresh head: likewise."""
SECOND_RATES = {5: 1e-3, 25: 1e-3, 100: 3e-3}
"""One rate for body and head once the head has been trained: likewise."""


def pilot(setting: Setting, seed: int) -> Values:
    """Accuracy on validation photos, by which the rates above were chosen."""
    model = _trained(setting["regime"], setting["labels"], setting["rate"], seed)
    return {"accuracy": accuracy(model, held_out("target", 0.1, VALIDATION_SEED))}


def _trained(regime: str, labels: int, rate: float, seed: int, model: nn.Module | None = None) -> nn.Module:
    """The model after 150 updates of a regime; `rate` is the body's, and the head's where both have one."""
    train = photos("target", labels, seed)
    model = model or backbone(seed)
    if regime == "one rate":
        tune(model, train, optimizer(model, rate, rate), seed)
    elif regime == "head, then all":
        half = STEPS // 2
        tune(model, train, optimizer(model, 0.0, HEAD_RATE), seed, steps=half, still=blocks(model))
        tune(model, train, optimizer(model, rate, rate), seed + 1, steps=STEPS - half)
    elif regime == "solved probe, then all":
        probe_head(model, train)
        tune(model, train, optimizer(model, rate, rate), seed)
    else:  # "top k"
        still = freeze_below(model, int(regime.split()[1]))
        tune(model, train, optimizer(model, rate, HEAD_RATE), seed, still=still)
    return model


def learning_rates(setting: Setting, seed: int) -> Values:
    """All blocks move, with one rate for the body and one for a fresh head."""
    train = photos("target", 25, seed)
    model = backbone(seed)
    before = snapshot(model)
    tune(model, train, optimizer(model, setting["body"], setting["head"]), seed)
    return {**accuracies(model), **moved(model, before)}


def unfreezing(setting: Setting, seed: int) -> Values:
    """The top k blocks move under a fresh head; frozen blocks stay in eval mode."""
    model = backbone(seed)
    before = snapshot(model)
    _trained(f"top {setting['blocks']}", setting["labels"], BODY_RATES[setting["labels"]], seed, model)
    return {**accuracies(model), **moved(model, before)}


def probe_first(setting: Setting, seed: int) -> Values:
    """All at once with one rate, the head first, and a solved linear probe."""
    labels = setting["labels"]
    model = backbone(seed)
    before = snapshot(model)
    if setting["regime"] == "solved probe":
        probe_head(model, photos("target", labels, seed))
    else:
        rates = ONE_RATES if setting["regime"] == "one rate" else SECOND_RATES
        _trained(setting["regime"], labels, rates[labels], seed, model)
    return {**accuracies(model), **moved(model, before)}


def early_stopping(setting: Setting, seed: int) -> Values:
    """One long run at a constant rate; which of its states is kept, and what that state scores on the test."""
    train = _with_wrong_labels(photos("target", setting["labels"], seed), setting["wrong"], seed)
    validation = photos("target", 10, VALIDATION_SEED + 1 + seed)
    test = held_out("target", 0.1)
    model = backbone(seed)
    curves: dict[str, list[float]] = {"train": [], "validation": [], "validation loss": [], "test": []}

    def look(step: int) -> None:
        logits = predict(model, validation.images)
        curves["train"].append(accuracy(model, train))
        curves["validation"].append(float((logits.argmax(1) == validation.labels).float().mean()))
        curves["validation loss"].append(float(F.cross_entropy(logits, validation.labels)))
        curves["test"].append(accuracy(model, test))

    tune(model, train, optimizer(model, 1e-3, HEAD_RATE), seed, steps=300, cosine=False, every=EVERY, look=look)
    by_accuracy = _argmax(curves["validation"])
    by_loss = _argmax([-loss for loss in curves["validation loss"]])
    patient, looks = _with_patience(curves["validation"], patience=4)
    on_test = curves["test"]
    return {
        "last step": on_test[-1],
        "fixed: step 100": on_test[100 // EVERY],
        "best by validation accuracy": on_test[by_accuracy],
        "best by validation loss": on_test[by_loss],
        "stopped after 4 looks without a gain": on_test[patient],
        "best by test (not allowed)": max(on_test),
        "validation accuracy of its best": curves["validation"][by_accuracy],
        "step of the best": float(EVERY * by_accuracy),
        "steps run with patience": float(EVERY * looks),
        **{f"curve {name}": values for name, values in curves.items()},
    }


def norm_drift(setting: Setting, seed: int) -> Values:
    """Only the head is trained; the frozen body is in eval or in train mode meanwhile."""
    train = photos("target", setting["labels"], seed)
    source = held_out("source", 0.0)
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
    values["severity 0.1, buffers put back"] = accuracy(model, held_out("target", 0.1))
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


EFFECTS = (
    Effect(
        "pilot",
        [
            *grid(regime=["top 1", "top 2", "top 3"], labels=[25], rate=PILOT_RATES),
            *grid(regime=["top 4"], labels=[5, 10, 25, 50, 100], rate=PILOT_RATES),
            *grid(regime=["solved probe, then all"], labels=[5, 10, 25, 50, 100], rate=PILOT_RATES),
            *grid(regime=["one rate"], labels=LABELS, rate=[*PILOT_RATES[1:], 1e-2]),
            *grid(regime=["head, then all"], labels=LABELS, rate=PILOT_RATES),
        ],
        pilot,
        PILOT_SEEDS,
    ),
    Effect("learning_rates", grid(head=[1e-3, 3e-3, 1e-2], body=[*PILOT_RATES, 1e-2]), learning_rates),
    Effect("unfreezing", grid(labels=LABELS, blocks=[0, 1, 2, 3, 4]), unfreezing),
    Effect("probe_first", grid(labels=LABELS, regime=["solved probe", "one rate", "head, then all"]), probe_first),
    Effect("early_stopping", grid(labels=[25], wrong=[0.0, 0.3]), early_stopping),
    Effect(
        "norm_drift",
        [
            *grid(labels=[25], batch=[BATCH, 4], mode=["eval", "train"]),
            *grid(labels=[5, 100], batch=[BATCH], mode=["eval", "train"]),
        ],
        norm_drift,
    ),
)
