"""Wrong ideas about `extract_features`."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.feature_extraction.extract_features import extract_features as sound_extract_features

Loader = Iterable[tuple[Tensor, Tensor]]


def _features(model: nn.Module, loader: Loader) -> tuple[list[Tensor], list[Tensor]]:
    pairs = [(model.features(x), y) for x, y in loader]  # type: ignore[operator]
    return [f for f, _ in pairs], [y for _, y in pairs]


@misconception(asks="In which mode was the model while you asked it?")
@torch.no_grad()
def in_train_mode(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """The mode that it came in: a picture's features depend on its batch, and the statistics move."""
    features, labels = _features(model, loader)
    return torch.cat(features), torch.cat(labels)


@misconception(asks="In which mode does the caller get the model back?")
@torch.no_grad()
def left_in_eval_mode(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """The training that follows runs without dropout, and nobody notices."""
    features, labels = _features(model.eval(), loader)
    return torch.cat(features), torch.cat(labels)


@misconception(asks="Does a shuffled loader give the same order twice?")
def labels_from_a_second_pass(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Features of one pass beside labels of another."""
    features, _ = sound_extract_features(model, loader)
    return features, torch.cat([y for _, y in loader])


@misconception(asks="How many pictures are in the last batch?")
def ragged_batch_dropped(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Only full batches."""
    full = [batch for batch in loader if len(batch[0]) == loader.batch_size]  # type: ignore[attr-defined]
    return sound_extract_features(model, full)


@misconception(asks="How many numbers should there be for a picture, and what comes out of the head?")
@torch.no_grad()
def logits_instead(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """What the head says of the old classes, instead of what it sees."""
    was_training = model.training
    model.eval()
    pairs = [(model(x), y) for x, y in loader]
    model.train(was_training)
    return torch.cat([f for f, _ in pairs]), torch.cat([y for _, y in pairs])


@misconception(asks="What does a tensor keep alive that still has a `grad_fn`?")
def graph_kept(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Every feature drags along what its gradient would need: memory grows with every batch."""
    was_training = model.training
    features, labels = _features(model.eval(), loader)
    model.train(was_training)
    return torch.cat(features), torch.cat(labels)


@misconception(asks="Would you get the same features if you called it twice?")
def augmented(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Pictures are mirrored at random on the way."""
    mirrored = [(x.flip(-1) if torch.rand(()) < 0.5 else x, y) for x, y in loader]
    return sound_extract_features(model, mirrored)
