"""Wrong ideas about `fine_tune`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception

Batches = Iterable[tuple[Tensor, Tensor]]
Result = tuple[dict[str, Tensor], list[dict[str, float]]]


def _loop(
    model: nn.Module,
    train: Batches,
    val: Batches,
    cfg: Any,
    keep: Callable[[nn.Module], Any] = lambda model: copy.deepcopy(model.state_dict()),
    judged_by: Callable[[dict[str, float]], float] = lambda epoch: epoch["val_loss"],
    evaluate_in_train_mode: bool = False,
    means_of_batches: bool = False,
    zero_grad: bool = True,
    patience: bool = True,
    mode_restored: bool = True,
    return_last: bool = False,
) -> Result:
    """The sound loop, with one thing wrong."""
    came = model.training
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    best, lowest, waited, history = keep(model), float("inf"), 0, []
    for _ in range(cfg.epochs):
        model.train()
        losses, sizes = [], []
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            if zero_grad:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            sizes.append(len(y))
        model.train(evaluate_in_train_mode)
        val_losses, hits, val_sizes = [], [], []
        with torch.no_grad():
            for x, y in val:
                logits = model(x)
                val_losses.append(F.cross_entropy(logits, y).item())
                hits.append(float((logits.argmax(1) == y).float().mean()))
                val_sizes.append(len(y))
        mean = _mean_of_means if means_of_batches else _mean_over_pictures
        history.append(
            {
                "train_loss": mean(losses, sizes),
                "val_loss": mean(val_losses, val_sizes),
                "val_accuracy": mean(hits, val_sizes),
            }
        )
        if judged_by(history[-1]) < lowest:
            best, lowest, waited = keep(model), judged_by(history[-1]), 0
        else:
            waited += 1
        if patience and waited == cfg.patience:
            break
    if mode_restored:
        model.train(came)
    return (copy.deepcopy(model.state_dict()) if return_last else best), history


def _mean_over_pictures(values: list[float], sizes: list[int]) -> float:
    return sum(v * n for v, n in zip(values, sizes, strict=True)) / sum(sizes)


def _mean_of_means(values: list[float], sizes: list[int]) -> float:
    return sum(values) / len(values)


@misconception(asks="Does `state_dict()` give you numbers, or the model's own tensors? What are they one epoch later?")
def best_state_is_an_alias(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """The best state is kept by name only: it goes on changing, and ends as the last."""
    return _loop(model, train, val, cfg, keep=lambda model: dict(model.state_dict()))


@misconception(asks="Of which epoch is the state that you return, and of which was it asked for?")
def last_state_returned(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """The state at the end is returned, whatever validation said of it."""
    return _loop(model, train, val, cfg, return_last=True)


@misconception(asks="In which mode is the model while it is validated? What do dropout and batch norm do there?")
def validated_in_train_mode(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """Validation runs in train mode: statistics learn from the validation pictures."""
    return _loop(model, train, val, cfg, evaluate_in_train_mode=True)


@misconception(asks="Is a good loss a large one or a small one?")
def highest_loss_is_best(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """The state with the highest validation loss is kept."""
    return _loop(model, train, val, cfg, judged_by=lambda epoch: -epoch["val_loss"])


@misconception(
    asks="By which number of an epoch do you tell that it is the best so far? And by which were you asked to?"
)
def best_by_accuracy(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """The state with the highest validation accuracy is kept, and patience waits for a higher one."""
    return _loop(model, train, val, cfg, judged_by=lambda epoch: -epoch["val_accuracy"])


@misconception(asks="Which pictures can the network not know by heart? Do they have a say in which state is kept?")
def lowest_training_loss(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """The state with the lowest training loss is kept, which is nearly always the last."""
    return _loop(model, train, val, cfg, judged_by=lambda epoch: epoch["train_loss"])


@misconception(asks="The last batch is smaller. How much should each of its pictures count?")
def mean_of_batch_means(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """Every batch counts the same, however small."""
    return _loop(model, train, val, cfg, means_of_batches=True)


@misconception(asks="What is in `.grad` when the second batch comes?")
def gradients_add_up(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """The gradients of all earlier batches are still there."""
    return _loop(model, train, val, cfg, zero_grad=False)


@misconception(asks="How many epochs did your run take, and after which of them was there nothing to gain?")
def never_stops_early(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """All epochs are run, whatever validation says."""
    return _loop(model, train, val, cfg, patience=False)


@misconception(asks="Which mode did the caller hand the model over in, and which does it come back in?")
def left_in_eval_mode(model: nn.Module, train: Batches, val: Batches, cfg: Any) -> Result:
    """The model is left in the mode of the last validation."""
    return _loop(model, train, val, cfg, mode_restored=False)
