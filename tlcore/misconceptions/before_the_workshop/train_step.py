"""Wrong ideas about `train_step`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.before_the_workshop.train_step import train_step


def _down(model: nn.Module, lr: float) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= lr * parameter.grad  # type: ignore[misc]


@misconception(asks="The gradient points to where the loss grows. Which way do you go?")
def uphill(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """Adds the gradient."""
    return train_step(model, x, y, -lr)


@misconception(asks="What does `backward()` do with a gradient that is there already: replace it, or add to it?")
def gradients_add_up(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """Old gradients are never cleared."""
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    _down(model, lr)
    return loss.item()


@misconception(asks="You clear the gradients at the end. What of those that somebody else left before your first step?")
def cleared_at_the_end(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """The first step goes along what was left there before."""
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    _down(model, lr)
    model.zero_grad()
    return loss.item()


@misconception(asks="Torch says that a leaf is changed in place. Should the update be part of what it differentiates?")
def recorded_by_autograd(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """The update is made as if it were part of the model."""
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter -= lr * parameter.grad  # type: ignore[misc]
    return loss.item()


@misconception(asks="Compare a weight of the model before and after. Who holds the new value, and who the old one?")
def name_bound_anew(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """A new tensor gets the old name, and the model keeps what it had."""
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter = parameter - lr * parameter.grad  # type: ignore[assignment]
    return loss.item()


@misconception(asks="Which loss belongs to the gradient that you used: the one before the step, or the one after it?")
def loss_after_the_step(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """The model is asked again after the step."""
    train_step(model, x, y, lr)
    return F.cross_entropy(model(x), y).item()


@misconception(asks="With twice as many pictures in the batch, should the step be twice as long?")
def sum_of_the_losses(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """The loss is added up over the pictures instead of averaged."""
    return train_step(model, x, y, lr * len(y)) * len(y)


@misconception(asks="Who decides in which mode the model is: your step, or the one who calls it?")
def puts_it_into_train_mode(model: nn.Module, x: Tensor, y: Tensor, lr: float) -> float:
    """`model.train()` in the step, whatever mode the model was in."""
    model.train()
    return train_step(model, x, y, lr)
