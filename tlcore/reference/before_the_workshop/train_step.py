"""One step of gradient descent."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def train_step(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """One step of gradient descent on the mean cross-entropy, in place. Returns the loss before it."""
    # 1. gradients of earlier steps do not count
    # 2. the loss, and its gradients
    # 3. each parameter that has a gradient goes down; autograd must not record it
    # 4. return the loss from before the step
    ### BEGIN SOLUTION
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= lr * parameter.grad  # type: ignore[misc]
    return loss.item()
    ### END SOLUTION
