"""Wrong ideas about `lp_then_ft`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception
from tlcore.models import head_of
from tlcore.reference.fine_tuning.lp_then_ft import _epochs

Batches = Iterable[tuple[Tensor, Tensor]]


def _probe(model: nn.Module, train: Batches, cfg: Any, mode: bool = False) -> None:
    model.requires_grad_(False)
    head = head_of(model).requires_grad_(True)
    model.train(mode)
    head.train()
    _epochs(model, train, cfg.lp_epochs, cfg.lr_head)


def _tune(model: nn.Module, train: Batches, epochs: int, lr: float) -> nn.Module:
    model.requires_grad_(True).train()
    _epochs(model, train, epochs, lr)
    return model.eval()


@misconception(asks="What did the probe find, and what does the second phase begin with?")
def head_starts_afresh(model: nn.Module, train: Batches, cfg: Any) -> nn.Module:
    """The head is made anew before fine-tuning: the probe was for nothing."""
    _probe(model, train, cfg)
    for layer in head_of(model).modules():
        if isinstance(layer, nn.Linear):
            layer.reset_parameters()
    return _tune(model, train, cfg.ft_epochs, cfg.lr_body)


@misconception(asks="No parameter of the body moved in the probe. What did its batch norm do in train mode?")
def statistics_drift_in_the_probe(model: nn.Module, train: Batches, cfg: Any) -> nn.Module:
    """The probe runs in train mode."""
    _probe(model, train, cfg, mode=True)
    return _tune(model, train, cfg.ft_epochs, cfg.lr_body)


@misconception(asks="When was the optimizer made, and what could learn at that moment?")
def body_never_learns(model: nn.Module, train: Batches, cfg: Any) -> nn.Module:
    """The second phase uses an optimizer that holds the head alone."""
    _probe(model, train, cfg)
    model.train()
    _epochs(model, train, cfg.ft_epochs, cfg.lr_body)
    return model.requires_grad_(True).eval()


@misconception(asks="Which rate is meant for a head that knows nothing, and which for a body that knows a lot?")
def rate_not_lowered(model: nn.Module, train: Batches, cfg: Any) -> nn.Module:
    """Everything is fine-tuned at the head's rate."""
    _probe(model, train, cfg)
    return _tune(model, train, cfg.ft_epochs, cfg.lr_head)


@misconception(asks="Count the passes over the data in both phases. What did the config allow?")
def probe_on_top_of_all_epochs(model: nn.Module, train: Batches, cfg: Any) -> nn.Module:
    """Fine-tuning takes the epochs of both phases."""
    _probe(model, train, cfg)
    return _tune(model, train, cfg.lp_epochs + cfg.ft_epochs, cfg.lr_body)


@misconception(asks="What was to happen before the body moves for the first time?")
def everything_at_once(model: nn.Module, train: Batches, cfg: Any) -> nn.Module:
    """There is no probe: everything learns from the start."""
    return _tune(model, train, cfg.lp_epochs + cfg.ft_epochs, cfg.lr_body)
