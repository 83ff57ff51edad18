"""Wrong ideas about `evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception
from tlcore.models import logits_of

Batches = Iterable[tuple[Tensor, Tensor]]
Metrics = dict[str, Any]


def _f1(confusion: Tensor) -> Tensor:
    """The F1 of each class; NaN for one that neither occurs nor is answered."""
    return 2 * confusion.diagonal() / (confusion.sum(0) + confusion.sum(1))


def _macro(confusion: Tensor) -> float:
    return float(_f1(confusion).nan_to_num(0.0).mean())


def _measure(
    model: nn.Module,
    loader: Batches,
    training: bool = False,
    restore: str = "parts",
    means_of_batches: bool = False,
    f1: Callable[[Tensor], float] = _macro,
    transposed: bool = False,
    majority: Callable[[Tensor, Tensor], float] = lambda said, y: float(torch.bincount(y).max() / len(y)),
) -> Metrics:
    """The sound evaluation, with one thing wrong."""
    modes = {part: part.training for part in model.modules()}
    came = model.training
    model.train(training)
    outputs, labels = [], []
    with torch.no_grad():
        for x, y in loader:
            outputs.append(logits_of(model(x)))
            labels.append(y)
    if restore == "whole":
        model.train(came)
    elif restore == "parts":
        for part, mode in modes.items():
            part.training = mode
    logits, y = torch.cat(outputs), torch.cat(labels)
    said = logits.argmax(1)
    confusion = torch.zeros(logits.shape[1], logits.shape[1])
    confusion.index_put_((said, y) if transposed else (y, said), torch.ones(len(y)), accumulate=True)
    loss, hits = float(F.cross_entropy(logits, y)), float((said == y).double().mean())
    if means_of_batches:
        pairs = list(zip(outputs, labels, strict=True))
        loss = sum(float(F.cross_entropy(o, t)) for o, t in pairs) / len(pairs)
        hits = sum(float((o.argmax(1) == t).double().mean()) for o, t in pairs) / len(pairs)
    return {
        "n": len(y),
        "loss": loss,
        "confusion": confusion,
        "accuracy": hits,
        "macro_f1": f1(confusion),
        "majority": majority(said, y),
    }


@misconception(asks="The last batch is smaller. How much should each of its pictures count?")
def batches_count_the_same(model: nn.Module, loader: Batches) -> Metrics:
    """The means of the batches are averaged, however small a batch is."""
    return _measure(model, loader, means_of_batches=True)


@misconception(asks="What do dropout and batch norm do while you count: are two evaluations the same?")
def asked_in_train_mode(model: nn.Module, loader: Batches) -> Metrics:
    """The model is asked in train mode."""
    return _measure(model, loader, training=True)


@misconception(asks="If one class has nine pictures in ten, what does the average over pictures say of the others?")
def weighted_called_macro(model: nn.Module, loader: Batches) -> Metrics:
    """Each class counts by its number of pictures."""
    return _measure(
        model, loader, f1=lambda table: float((_f1(table).nan_to_num(0.0) * table.sum(1)).sum() / table.sum())
    )


@misconception(asks="Over how many classes did you take the average, and how many can the model answer?")
def missing_classes_left_out(model: nn.Module, loader: Batches) -> Metrics:
    """Classes without a picture in this loader are not averaged over."""
    return _measure(model, loader, f1=lambda table: float(_f1(table)[table.sum(1) > 0].mean()))


@misconception(asks="A picture of class 0 is taken for class 2: in which row of the matrix is it, and in which column?")
def rows_are_answers(model: nn.Module, loader: Batches) -> Metrics:
    """The confusion matrix is turned: its rows are the answers."""
    return _measure(model, loader, transposed=True)


@misconception(asks="What would a model score here that gives the most frequent class of these pictures every time?")
def majority_is_chance(model: nn.Module, loader: Batches) -> Metrics:
    """A constant answer is thought to get one over the number of classes that occur."""
    return _measure(model, loader, majority=lambda said, y: 1 / len(y.unique()))


@misconception(asks="The caller goes on training after your evaluation. In which mode?")
def left_in_eval_mode(model: nn.Module, loader: Batches) -> Metrics:
    """The model stays in eval mode."""
    return _measure(model, loader, restore="")


@misconception(asks="A frozen backbone was in eval mode inside a model in train mode. In which mode is it now?")
def one_mode_for_all_parts(model: nn.Module, loader: Batches) -> Metrics:
    """The mode of the whole is put back, and with it every part gets the same."""
    return _measure(model, loader, restore="whole")
