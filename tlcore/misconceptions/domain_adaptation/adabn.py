"""Wrong ideas about `adabn`."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception

Loader = Iterable[Tensor]


def _norms(model: nn.Module, kinds: tuple[type[nn.Module], ...] = (nn.BatchNorm1d, nn.BatchNorm2d)) -> list[nn.Module]:
    return [module for module in model.modules() if isinstance(module, kinds)]


def _adapted(
    model: nn.Module,
    loader: Loader,
    norms: list[nn.Module],
    *,
    reset: bool = True,
    momentum: float | None = None,
    whole: bool = False,
) -> nn.Module:
    """Adapt `norms` of `model` in place, with `whole` in train mode throughout."""
    model.train(whole)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        if reset:
            norm.reset_running_stats()  # type: ignore[operator]
        norm.momentum = momentum  # type: ignore[assignment]
        norm.train()
    batches = list(loader)
    if not batches:
        raise ValueError("no batch")
    with torch.no_grad():
        for x in batches:
            model(x)
    for norm, own in zip(norms, momenta, strict=True):
        norm.momentum = own
    return model.eval()


@misconception(asks="What of the source is left in the running statistics if each batch moves them by a tenth?")
def source_statistics_kept(model: nn.Module, loader: Loader) -> nn.Module:
    """A pass in train mode, without forgetting the source's statistics first."""
    adapted = copy.deepcopy(model).eval()
    for norm in (norms := _norms(adapted)):
        norm.train()
    batches = list(loader)
    if not batches:
        raise ValueError("no batch")
    with torch.no_grad():
        for x in batches:
            adapted(x)
    assert norms
    return adapted.eval()


@misconception(asks="How much does the first batch count in the end, and how much the last?")
def last_batches_count_most(model: nn.Module, loader: Loader) -> nn.Module:
    """Reset, and then moved by a tenth with each batch, starting from mean 0 and variance 1."""
    adapted = copy.deepcopy(model)
    return _adapted(adapted, loader, _norms(adapted), momentum=0.1)


@misconception(asks="What does the model do with the next batch: does it use what it stored, or the batch itself?")
def left_in_train_mode(model: nn.Module, loader: Loader) -> nn.Module:
    """The adapted norms stay in train mode."""
    adapted = copy.deepcopy(model)
    _adapted(adapted, loader, _norms(adapted))
    for norm in _norms(adapted):
        norm.train()
    return adapted


@misconception(asks="Which layers, besides batch norm, do something else in train mode?")
def dropout_at_work(model: nn.Module, loader: Loader) -> nn.Module:
    """The whole model is in train mode during the pass."""
    adapted = copy.deepcopy(model)
    return _adapted(adapted, loader, _norms(adapted), whole=True)


@misconception(asks="Whose statistics did you write over? Can you still compare before and after?")
def source_written_over(model: nn.Module, loader: Loader) -> nn.Module:
    """The model itself is adapted."""
    return _adapted(model, loader, _norms(model))


@misconception(asks="Print the weight of a norm before and after. What else did your reset put back?")
def scale_and_shift_reset(model: nn.Module, loader: Loader) -> nn.Module:
    """`reset_parameters()` puts back the learned scale and shift, too."""
    adapted = copy.deepcopy(model)
    for norm in _norms(adapted):
        norm.reset_parameters()  # type: ignore[operator]
    return _adapted(adapted, loader, _norms(adapted))


@misconception(asks="How many batches are in the statistics at the end? Print `num_batches_tracked`: what does it say?")
def only_the_last_batch(model: nn.Module, loader: Loader) -> nn.Module:
    """Each batch replaces what was there."""
    adapted = copy.deepcopy(model)
    return _adapted(adapted, loader, _norms(adapted), momentum=1.0)


@misconception(asks="Which kinds of batch norm are there, and does your list have each of them?")
def pictures_only(model: nn.Module, loader: Loader) -> nn.Module:
    """Only norms over pictures are adapted, not those over vectors."""
    adapted = copy.deepcopy(model)
    return _adapted(adapted, loader, _norms(adapted, (nn.BatchNorm2d,)))


@misconception(asks="What may be in a model at the end: what it was told to forget, or what it saw?")
def forgotten_and_not_learned(model: nn.Module, loader: Loader) -> nn.Module:
    """Reset, but the pass is in eval mode: means stay 0, variances 1."""
    adapted = copy.deepcopy(model)
    _adapted(adapted, loader, _norms(adapted))
    for norm in _norms(adapted):
        norm.reset_running_stats()  # type: ignore[operator]
    return adapted
