"""New classes without losing the old ones: replay, from a head that keeps what the base knew."""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def adapt_without_forgetting(
    base: Any, target: tuple[Tensor, Tensor], buffer: tuple[Tensor, Tensor], budget: int
) -> nn.Module:
    """A model for the old and the new classes.

    Args:
        base: features `base.backbone`, head `base.fc`; it stays as it is.
        target: pictures and labels of the new classes, from 0.
        buffer: a few pictures of the old classes, labels as the base knows them.
        budget: most steps of an optimizer.

    Returns:
        A module in eval mode that gives logits (N, old + new), the old classes first.
    """
    # 1. a copy of the base; its head gets a row for each new class and keeps the rows of the old ones
    # 2. train: each step on pictures of both, the labels of new classes after those of the old ones
    # 3. eval mode
    ### BEGIN SOLUTION
    model = copy.deepcopy(base)
    (new_x, new_y), (old_x, old_y) = target, buffer
    n_old, n_new = base.fc.out_features, int(new_y.max()) + 1
    model.fc = nn.Linear(base.fc.in_features, n_old + n_new)
    with torch.no_grad():
        model.fc.weight[:n_old] = base.fc.weight
        model.fc.bias[:n_old] = base.fc.bias
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, budget)
    draws = torch.Generator().manual_seed(0)
    model.train()
    for _ in range(budget):
        new = torch.randint(len(new_y), (16,), generator=draws)
        old = torch.randint(len(old_y), (16,), generator=draws)
        logits = model(torch.cat([old_x[old], new_x[new]]))
        loss = F.cross_entropy(logits, torch.cat([old_y[old], new_y[new] + n_old]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval()
    ### END SOLUTION
