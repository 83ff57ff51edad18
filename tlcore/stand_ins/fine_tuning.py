"""Sound parts of notebook 03: a load that reports nothing, a training that keeps the last state."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Batches = Iterable[tuple[Tensor, Tensor]]


def load_backbone(model: nn.Module, checkpoint: Mapping[str, Tensor]) -> None:
    """Copy what fits from a checkpoint without a prefix or with `model.`, as in the notebook. There is no report."""
    own = model.state_dict()
    with torch.no_grad():
        for name, value in checkpoint.items():
            name = name.removeprefix("model.")
            if name in own and own[name].shape == value.shape:
                own[name].copy_(value)


def fine_tune(
    model: nn.Module, train: Batches, val: Batches, cfg: Any
) -> tuple[dict[str, Tensor], list[dict[str, float]]]:
    """Train for all epochs. The state is a copy of the last one, whatever validation says."""
    came = model.training
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    history = []
    for _ in range(cfg.epochs):
        row = {"train_loss": 0.0, "val_loss": 0.0, "val_accuracy": 0.0}
        model.train()
        count = 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            row["train_loss"] += loss.item() * len(y)
            count += len(y)
        row["train_loss"] /= count
        model.eval()
        with torch.no_grad():
            outputs = [(model(x), y) for x, y in val]
        count = sum(len(y) for _, y in outputs)
        row["val_loss"] = sum(F.cross_entropy(logits, y, reduction="sum").item() for logits, y in outputs) / count
        row["val_accuracy"] = sum(int((logits.argmax(1) == y).sum()) for logits, y in outputs) / count
        history.append(row)
    model.train(came)
    return copy.deepcopy(model.state_dict()), history
