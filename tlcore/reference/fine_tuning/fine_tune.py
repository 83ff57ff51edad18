"""A training loop that keeps the best state, not the last, and knows when to stop."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Batches = Iterable[tuple[Tensor, Tensor]]


def fine_tune(
    model: nn.Module, train: Batches, val: Batches, cfg: Any
) -> tuple[dict[str, Tensor], list[dict[str, float]]]:
    """Train `model` in place until validation gets no better.

    Args:
        model: what requires a gradient is trained with plain SGD and cross-entropy.
        train, val: batches of pictures (n, ...) and class ids (n,); each epoch goes over both once.
        cfg: has `lr`, `epochs` (at most) and `patience`: after so many epochs without a lower validation loss than
            the lowest so far, training ends.

    Returns:
        The state (parameters and buffers, copied) of the epoch with the lowest validation loss, and for each epoch
        `train_loss`, `val_loss` and `val_accuracy`, means over pictures. The training loss of a batch is from before
        its update. `model` ends in the last state and in the mode that it came in.
    """
    came = model.training
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    best, lowest, waited = copy.deepcopy(model.state_dict()), float("inf"), 0
    history: list[dict[str, float]] = []
    for _ in range(cfg.epochs):
        model.train()
        total, count = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(y), count + len(y)
        history.append({"train_loss": total / count, **_evaluate(model, val)})
        if history[-1]["val_loss"] < lowest:
            # A copy: `state_dict()` alone holds the model's own tensors, which go on changing.
            best, lowest, waited = copy.deepcopy(model.state_dict()), history[-1]["val_loss"], 0
        else:
            waited += 1
        if waited == cfg.patience:
            break
    model.train(came)
    return best, history


@torch.no_grad()
def _evaluate(model: nn.Module, val: Batches) -> dict[str, float]:
    """Means over all pictures, in eval mode, so that batch norm learns nothing from them."""
    model.eval()
    loss, right, count = 0.0, 0, 0
    for x, y in val:
        logits = model(x)
        loss += F.cross_entropy(logits, y, reduction="sum").item()
        right += int((logits.argmax(1) == y).sum())
        count += len(y)
    return {"val_loss": loss / count, "val_accuracy": right / count}
