"""Wrong ideas about `adapt_without_forgetting`. Each fails by its own pattern of what is known, learned and changed."""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception


def _with_larger_head(base: nn.Module, new_y: Tensor) -> tuple[nn.Module, int, int]:
    """A copy whose head has a row for each new class behind those of the old ones."""
    model, head = copy.deepcopy(base), base.get_submodule("fc")
    assert isinstance(head, nn.Linear)
    n_old, n_new = head.out_features, int(new_y.max()) + 1
    larger = nn.Linear(head.in_features, n_old + n_new)
    with torch.no_grad():
        larger.weight[:n_old], larger.bias[:n_old] = head.weight, head.bias
    model.add_module("fc", larger)
    return model, n_old, n_new


def _trained(
    model: nn.Module, parts: list[tuple[Tensor, Tensor]], steps: int, lr: float = 5e-3, **how: Any
) -> nn.Module:
    """Adam, each step on as many rows of each part; in eval mode afterwards."""
    generator = torch.Generator().manual_seed(3)
    optimizer = torch.optim.Adam(how.get("parameters") or model.parameters(), lr=lr)
    rows = 32 // len(parts)
    model.train(how.get("mode", True))
    for _ in range(steps):
        drawn = [(x[at], y[at]) for x, y in parts for at in [torch.randint(len(y), (rows,), generator=generator)]]
        logits = model(torch.cat([x for x, _ in drawn]))
        optimizer.zero_grad()
        F.cross_entropy(logits, torch.cat([y for _, y in drawn])).backward()
        optimizer.step()
    return model.eval()


def _parts(target: Any, buffer: Any, first: int) -> list[tuple[Tensor, Tensor]]:
    return [(buffer[0], buffer[1]), (target[0], target[1] + first)]


@misconception(
    asks="The old digits are kept. But how many of the new ones has the model learned with such small steps?"
)
def steps_too_small(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """A rate so low that nothing is forgotten, because nothing is learned."""
    model, first, _ = _with_larger_head(base, target[1])
    return _trained(model, _parts(target, buffer, first), budget, lr=1e-5)


@misconception(asks="Your training looks at new digits only. Which answers does it make less likely for every picture?")
def new_digits_alone(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """Plain fine-tuning on the target, chosen by what it scores there."""
    model, first, _ = _with_larger_head(base, target[1])
    return _trained(model, _parts(target, buffer, first)[1:], budget)


@misconception(asks="The body is frozen, and yet the old digits are lost. Which rows does the shared head move?")
def frozen_body_shared_head(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """Only the head is trained, on the target alone: its old rows are overwritten."""
    model, first, _ = _with_larger_head(base, target[1])
    head = list(model.get_submodule("fc").parameters())
    return _trained(model, _parts(target, buffer, first)[1:], budget, lr=5e-2, parameters=head, mode=False)


@misconception(asks="No weight of the body has moved. What else in it decides what the head sees, and whose is it now?")
def statistics_of_the_target(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """A frozen body and a head trained on both, but then the batch norms take the statistics of the target."""
    model, first, _ = _with_larger_head(base, target[1])
    head = list(model.get_submodule("fc").parameters())
    _trained(model, _parts(target, buffer, first), budget, lr=5e-2, parameters=head, mode=False)
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.reset_running_stats()
            norm.momentum = None
            norm.train()
    with torch.no_grad():
        model(target[0])
    return model.eval()


@misconception(asks="Label 0 of the target and label 0 of the base: which column of the answer is which of them?")
def two_digits_one_label(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """The labels of the target are used as they come."""
    model, _, _ = _with_larger_head(base, target[1])
    return _trained(model, _parts(target, buffer, 0), budget)


@misconception(asks="In which order are the columns of your answer, and in which order does the task ask for them?")
def new_classes_first(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """A sound model, with the columns of the new classes before those of the old ones."""
    model, first, n_new = _with_larger_head(base, target[1])
    _trained(model, _parts(target, buffer, first), budget)
    head = model.get_submodule("fc")
    with torch.no_grad():
        for tensor in head.parameters():
            tensor.copy_(tensor.roll(n_new, 0))
    return model


@misconception(asks="Both marks are reached. With how many updates, and how many were there to spend?")
def more_than_the_budget(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """Four times as many updates as allowed."""
    model, first, _ = _with_larger_head(base, target[1])
    return _trained(model, _parts(target, buffer, first), 4 * budget, lr=2e-3)


@misconception(asks="Compare the base before and after. Which model is it that you trained?")
def base_itself_trained(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """The base gets the larger head and is trained."""
    model, first, _ = _with_larger_head(base, target[1])
    base.add_module("fc", model.get_submodule("fc"))
    return _trained(base, _parts(target, buffer, first), budget)


@misconception(
    asks="Ask your model about ten pictures of one class, and then about each alone. Why do the answers differ?"
)
def left_in_train_mode(base: nn.Module, target: Any, buffer: Any, budget: int) -> nn.Module:
    """Sound training; but it is handed over in train mode, where batch norm goes by the batch."""
    model, first, _ = _with_larger_head(base, target[1])
    return _trained(model, _parts(target, buffer, first), budget).train()
