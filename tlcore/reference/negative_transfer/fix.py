"""The clinic: the cause of a broken training run, and a sound function in place of the broken one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


def fix(run: dict[str, Any]) -> tuple[str, Callable[..., Any] | None]:
    """What is wrong with a run, and a function that is right for every run, in place of the broken one."""
    # 1. the five functions, each right for both regimes and for any card, model and batch
    # 2. one rule for each cause: what do the numbers of the transcript say?
    # 3. the cause, and the function that it is in
    ### BEGIN SOLUTION

    def prepare(images, card):
        centre, spread = (torch.tensor(card[key], dtype=images.dtype).view(1, -1, 1, 1) for key in ("mean", "std"))
        return (images - centre) / spread

    def split(plants, n_val):
        held_out = sorted(set(plants))[-n_val:]
        val = [row for row, plant in enumerate(plants) if plant in held_out]
        return [row for row in range(len(plants)) if row not in val], val

    def build(model, head, n_classes, regime, rate):
        model.requires_grad_(regime == "full")
        model.set_submodule(head, nn.Linear(model.get_submodule(head).in_features, n_classes))
        return model, torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=rate)

    def step(model, optimizer, x, y, regime):
        model.train()
        for layer in model.modules():
            if regime == "frozen" and isinstance(layer, nn.BatchNorm2d):
                layer.eval()
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    def evaluate(model, batches):
        modes = [(layer, layer.training) for layer in model.modules()]
        model.eval()
        right = rows = 0
        with torch.no_grad():
            for x, y in batches:
                right += (model(x).argmax(1) == y).sum().item()
                rows += len(y)
        for layer, training in modes:
            layer.training = training
        return 100 * right / rows

    def differ(a, b):
        return abs(a - b) > 0.01

    log, frozen = run["transcript"], run["regime"] == "frozen"
    photos, card, moved, tested = log["photos"], log["card"], log["moved"], log["evaluation"]
    wanted = [(p - m) / s for p, m, s in zip(photos["mean"], card["mean"], card["std"], strict=True)]
    share = 100 * sum(tested["right"]) / sum(tested["rows"])
    again = differ(tested["accuracy"], tested["again"]) or tested["statistics_moved"] > 0
    rules: list[tuple[str, Any, Any]] = [
        ("wrong_normalisation", prepare, any(map(differ, wanted, log["input"]["mean"]))),
        ("shared_plants", split, set(log["plants"]["train"]) & set(log["plants"]["val"])),
        ("untrained_head", build, moved["head"] == 0),
        ("unfrozen_backbone", build, frozen and moved["backbone"] > 0),
        ("drifting_statistics", step, frozen and moved["statistics"] > 0),
        ("gradients_added", step, any(u > o + 0.01 for u, o in zip(log["used"], log["own"], strict=True))),
        ("train_mode_evaluation", evaluate, again),
        ("unweighted_batches", evaluate, differ(tested["accuracy"], share)),
    ]
    return next(((cause, patched) for cause, patched, holds in rules if holds), ("sound", None))
    ### END SOLUTION
