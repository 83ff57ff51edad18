"""The head first, then everything: fine-tuning that starts from a head that knows something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.models import head_of


def lp_then_ft(model: nn.Module, train: Iterable[tuple[Tensor, Tensor]], cfg: Any) -> nn.Module:
    """A linear probe, then fine-tuning from the head that the probe has found; in place. Returns `model`.

    Args:
        model: its head is `head_of(model)`. Everything else is the body.
        train: batches of pictures and class ids; an epoch goes over them once.
        cfg: `lp_epochs` and `lr_head` of the probe, `ft_epochs` and `lr_body` of the fine-tuning.

    In the probe the head alone learns, with SGD; the body is in eval mode, so that neither its parameters nor its
    batch-norm statistics move. Then everything learns, in train mode, with SGD at `lr_body`. The model is left in eval
    mode, with every parameter trainable.

    Source: Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution".
    """
    head = head_of(model)
    model.requires_grad_(False)
    head.requires_grad_(True)
    model.eval()
    head.train()
    _epochs(model, train, cfg.lp_epochs, cfg.lr_head)
    model.requires_grad_(True)
    model.train()
    _epochs(model, train, cfg.ft_epochs, cfg.lr_body)
    return model.eval()


def _epochs(model: nn.Module, train: Iterable[tuple[Tensor, Tensor]], epochs: int, lr: float) -> None:
    # Made anew for each phase: it is to know exactly what learns in it.
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr)
    for _ in range(epochs):
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
