"""Wrap a model and train its adapter and head."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from peft import get_peft_model
from torch import nn


def train_adapter(model: nn.Module, data: Iterable[dict[str, Any]], cfg: Any) -> tuple[nn.Module, list[float]]:
    """Wrap `model` with `cfg.lora` and train what can learn.

    Args:
        model: a model of transformers, not yet wrapped.
        data: batches, dicts that `model(**batch)` takes; gone through once per epoch.
        cfg: lora, optimizer (a class of torch.optim), lr, epochs, seed.

    Returns:
        The wrapped model in eval mode, and the loss of every step before its update.
    """
    # 1. torch.manual_seed(cfg.seed), then wrap: A starts at random
    # 2. the optimizer cfg.optimizer, with the learning rate cfg.lr, over what can learn now
    # 3. train mode; for each epoch and batch: loss, gradients, step
    # 4. eval mode; return the wrapped model and the losses
    ### BEGIN SOLUTION
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora)
    optimizer = cfg.optimizer([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    losses = []
    model.train()
    for _ in range(cfg.epochs):
        for batch in data:
            loss = model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model.eval(), losses
    ### END SOLUTION
