"""Wrong ideas about `take_anchor`, `fisher` and `anchor_penalty`."""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception


def _body(model: nn.Module, head: str) -> dict[str, Tensor]:
    return {name: p for name, p in model.named_parameters() if not name.startswith(f"{head}.")}


def _gradients(model: nn.Module, names: list[str], x: Tensor, y: Tensor) -> list[Tensor]:
    named = dict(model.named_parameters())
    return list(torch.autograd.grad(F.cross_entropy(model(x), y), [named[name] for name in names]))


def _fisher(model: nn.Module, names: list[str], x: Tensor, y: Tensor, rows: int = 1) -> dict[str, Tensor]:
    """Mean of squared gradients of groups of rows."""
    found = [_gradients(model, names, *part) for part in zip(x.split(rows), y.split(rows), strict=True)]
    return {name: torch.stack([g[at] ** 2 for g in found]).mean(0) for at, name in enumerate(names)}


@misconception(
    asks="Train one step and print the anchor. Is it a copy, or another name for the same numbers?", replaces="*"
)
class anchor_is_the_model:
    """The anchor holds the parameters themselves, so that it moves along and the penalty is always zero."""

    @staticmethod
    def take_anchor(model: nn.Module, head: str) -> Any:
        return {name: p.data for name, p in _body(model, head).items()}


@misconception(
    asks="What is the penalty right after the anchor was taken? To which weights does it pull?", replaces="*"
)
class pulls_to_zero:
    """Weight decay: the squares of the parameters, not of the distance."""

    @staticmethod
    def anchor_penalty(model: nn.Module, anchor: Any, weight: Any = None) -> Tensor:
        named = dict(model.named_parameters())
        return sum((named[n] ** 2 * (1.0 if weight is None else weight[n])).sum() for n in anchor)  # type: ignore[return-value]


@misconception(asks="The new head starts at random. Why should it stay where it starts?", replaces="*")
class head_held_too:
    """All parameters are in the anchor."""

    @staticmethod
    def take_anchor(model: nn.Module, head: str) -> Any:
        return {name: p.detach().clone() for name, p in model.named_parameters()}


@misconception(
    asks="Two rows have gradients 1 and -1. What is the mean of their squares, the square of their mean?", replaces="*"
)
class square_of_the_mean:
    """One gradient of the mean loss, squared."""

    @staticmethod
    def fisher(model: nn.Module, anchor: Any, x: Tensor, y: Tensor) -> Any:
        return _fisher(copy.deepcopy(model).eval(), list(anchor), x, y, rows=len(y))


@misconception(
    asks="Of what does the backward pass take the derivative: of the model alone, or of the anchor too?", replaces="*"
)
class graph_through_the_anchor:
    """Copies that still hang in the graph, so that their gradient cancels the pull."""

    @staticmethod
    def take_anchor(model: nn.Module, head: str) -> Any:
        return {name: p.clone() for name, p in _body(model, head).items()}


@misconception(asks="What else is in a state dict, and does an optimizer move it?", replaces="*")
class statistics_held_too:
    """The running statistics count as well: they come from the state dict."""

    @staticmethod
    def take_anchor(model: nn.Module, head: str) -> Any:
        state = {name: value.detach().clone() for name, value in model.state_dict().items()}
        return {n: v for n, v in state.items() if not n.startswith(f"{head}.") and v.is_floating_point()}

    @staticmethod
    def fisher(model: nn.Module, anchor: Any, x: Tensor, y: Tensor) -> Any:
        named = dict(model.named_parameters())
        found = _fisher(copy.deepcopy(model).eval(), [name for name in anchor if name in named], x, y)
        return {name: found.get(name, torch.ones_like(value)) for name, value in anchor.items()}

    @staticmethod
    def anchor_penalty(model: nn.Module, anchor: Any, weight: Any = None) -> Tensor:
        now = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        parts = [((now[n] - v) ** 2 * (1.0 if weight is None else weight[n])).sum() for n, v in anchor.items()]
        return torch.stack(parts).sum()


@misconception(
    asks="Does a layer with many weights have to be held as firmly as the penalty asks, or less?", replaces="*"
)
class mean_of_each_layer:
    """The mean over the entries of each parameter in place of the sum."""

    @staticmethod
    def anchor_penalty(model: nn.Module, anchor: Any, weight: Any = None) -> Tensor:
        named = dict(model.named_parameters())
        parts = [((named[n] - v) ** 2 * (1.0 if weight is None else weight[n])).mean() for n, v in anchor.items()]
        return torch.stack(parts).sum()


@misconception(asks="Batch norm and dropout: what does the loss of one row depend on in train mode?", replaces="*")
class weights_in_train_mode:
    """The model is in train mode while its weights are measured."""

    @staticmethod
    def fisher(model: nn.Module, anchor: Any, x: Tensor, y: Tensor) -> Any:
        return _fisher(copy.deepcopy(model).train(), list(anchor), x, y)


@misconception(asks="Which parameter gets which weight? What does a weight of 0 do?", replaces="*")
class weights_forgotten:
    """Every parameter is held alike, whatever its weight is."""

    @staticmethod
    def anchor_penalty(model: nn.Module, anchor: Any, weight: Any = None) -> Tensor:
        named = dict(model.named_parameters())
        return torch.stack([(named[n] - v).square().sum() for n, v in anchor.items()]).sum()
