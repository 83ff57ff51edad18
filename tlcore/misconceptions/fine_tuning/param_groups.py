"""Wrong ideas about `param_groups`."""

from __future__ import annotations

from typing import Any

from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.models import HEADS
from tlcore.reference.fine_tuning.param_groups import param_groups

Groups = list[dict[str, Any]]


@misconception(asks="Which part is pretrained, and which is random? Which of them has further to go?")
def rates_swapped(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> Groups:
    """The body learns at the head's rate and the other way round."""
    return param_groups(model, lr_body, lr_head, wd)


@misconception(asks="Print the `lr` of each of your groups. How many different ones are there?")
def one_rate(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> Groups:
    """Everything learns at the head's rate."""
    return param_groups(model, lr_head, lr_head, wd)


@misconception(asks="Count the parameters in your groups, and those of the model. Who is missing?")
def head_missing(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> Groups:
    """The groups hold the body only."""
    groups = param_groups(model, lr_head, lr_body, wd)
    head = {id(p) for name, p in model.named_parameters() if name.split(".")[0] in HEADS}
    kept = [{**group, "params": [p for p in group["params"] if id(p) not in head]} for group in groups]
    return [group for group in kept if group["params"]]


@misconception(asks='Is `multihead.weight` a part of the head? What does `"head" in name` say?')
def any_name_with_head(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> Groups:
    """Whatever has the word in its name is taken for the head."""
    return _by_name(model, lambda name: any(word in name for word in HEADS), (lr_head, lr_body), wd)


@misconception(asks="How many parameters are in your groups that are not the head's? And if none: who used them up?")
def body_missing(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> Groups:
    """The groups hold the head only: the body was forgotten, or a generator was used up before its turn."""
    named = model.named_parameters()
    head = [p for name, p in named if name.split(".")[0] in HEADS and p.requires_grad]
    body = [p for name, p in named if name.split(".")[0] not in HEADS and p.requires_grad]
    return [g for lr, params in ((lr_head, head), (lr_body, body)) for g in _by_dimension(params, lr, wd)]


@misconception(asks="What would a norm do whose scale is pulled to zero?")
def everything_decays(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> Groups:
    """Biases and the scales of norms decay too."""
    return [{**group, "weight_decay": wd} for group in param_groups(model, lr_head, lr_body, wd)]


@misconception(asks="The scale of a norm is called `weight`, too. How many dimensions does it have?")
def only_biases_spared(model: nn.Module, lr_head: float, lr_body: float, wd: float) -> Groups:
    """Decay is decided by the name: biases have none, the scales of norms do."""
    groups: Groups = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            lr = lr_head if name.split(".")[0] in HEADS else lr_body
            groups.append({"params": [parameter], "lr": lr, "weight_decay": 0.0 if name.endswith("bias") else wd})
    return groups


def _by_name(model: nn.Module, is_head: Any, rates: tuple[float, float], wd: float) -> Groups:
    learning = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    head, body = ([p for name, p in learning if is_head(name) is wanted] for wanted in (True, False))
    return _by_dimension(head, rates[0], wd) + _by_dimension(body, rates[1], wd)


def _by_dimension(params: list[nn.Parameter], lr: float, wd: float) -> Groups:
    matrices, others = [p for p in params if p.ndim >= 2], [p for p in params if p.ndim < 2]
    groups = ({"params": some, "lr": lr, "weight_decay": d} for some, d in ((matrices, wd), (others, 0.0)))
    return [group for group in groups if group["params"]]
