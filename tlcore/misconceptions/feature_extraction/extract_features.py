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


@misconception(asks="After the loop, what is in the variable that each batch was put into?")
@torch.no_grad()
def last_batch_only(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """Each batch replaces the one before it."""
    was_training = model.training
    model.eval()
    for x, y in loader:
        features, labels = model.features(x), y  # type: ignore[operator]
    model.train(was_training)
    return features, labels


@misconception(asks="Which pictures does the data set behind the loader hold, and which does the loader give?")
@torch.no_grad()
def around_the_loader(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """The data set behind the loader: what it draws, drops or changes on the way is not seen, and not all have one."""
    was_training = model.training
    model.eval()
    pairs = [loader.dataset[i] for i in range(len(loader.dataset))]  # type: ignore[attr-defined]
    features = model.features(torch.stack([x for x, _ in pairs]))  # type: ignore[operator]
    model.train(was_training)
    return features, torch.stack([torch.as_tensor(y) for _, y in pairs])


@misconception(asks="Which type do labels have, and which does `torch.zeros` give?")
def labels_as_floats(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """A table of zeros is filled with the labels: they are floats then, and cross-entropy takes no floats for ids."""
    features, labels = sound_extract_features(model, loader)
    table = torch.zeros(len(labels))
    table[:] = labels
    return features, table


@misconception(asks="To record no graph: must parameters be switched off for ever, or gradients for a while?")
def parameters_frozen_for_ever(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """The model is frozen so that no graph is recorded, and its owner can train it no more."""
    model.requires_grad_(False)
    return sound_extract_features(model, loader)


@misconception(asks="Who switches gradients on again, and were they on before?")
def gradients_off_for_ever(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """`torch.set_grad_enabled(False)` holds for all that follows: no training afterwards learns anything."""
    answer = sound_extract_features(model, loader)
    torch.set_grad_enabled(False)
    return answer


@misconception(asks="Is what you look for in every model, or only in the one at hand?")
@torch.no_grad()
def asks_the_backbone(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """`model.backbone(x)`: many models have no part of that name, or do more before the head."""
    was_training = model.training
    model.eval()
    pairs = [(model.backbone(x), y) for x, y in loader]  # type: ignore[operator]
    model.train(was_training)
    return torch.cat([f for f, _ in pairs]), torch.cat([y for _, y in pairs])


@misconception(asks="`model.training` of the whole and of its parts: which of them does an assignment change?")
def mode_of_the_outside_only(model: nn.Module, loader: Loader) -> tuple[Tensor, Tensor]:
    """`model.training = True`: the model says train mode, its norms and dropouts stay in eval mode."""
    was_training = model.training
    answer = sound_extract_features(model.eval(), loader)
    model.training = was_training
    return answer
