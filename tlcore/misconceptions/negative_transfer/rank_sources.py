"""Wrong ideas about `rank_sources`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from tlcore.misconceptions.registry import misconception
from tlcore.reference.negative_transfer.rank_sources import rank_sources as sound

Few = tuple[Tensor, Tensor]


def _sorted(candidates: Sequence[Any], score: Callable[[Any], float]) -> list[str]:
    return [candidate.name for candidate in sorted(candidates, key=score, reverse=True)]


def _features(candidate: Any, images: Tensor, mean: Any, std: Any, training: bool = False) -> Any:
    mean, std = (torch.as_tensor(values).view(1, -1, 1, 1) for values in (mean, std))
    with torch.no_grad():
        return candidate.body.train(training)((images - mean) / std).numpy()


def _probe() -> Any:
    return make_pipeline(StandardScaler(), RidgeClassifier(alpha=10.0))


def _validated(features: Any, labels: Tensor) -> float:
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return float(cross_val_score(_probe(), features, labels.numpy(), cv=folds).mean())


@misconception(asks="That accuracy was counted on another task. Could a source be perfect at something useless to you?")
def by_source_accuracy(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The accuracy on the card decides."""
    return _sorted(candidates, lambda candidate: candidate.accuracy)


@misconception(asks="What would the largest of them be worth if it had never been trained at all?")
def by_size(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The number of parameters decides."""
    return _sorted(candidates, lambda candidate: candidate.parameters)


@misconception(asks="On which pictures is the head scored, and had it seen them with their labels?")
def probe_scored_on_its_training_rows(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The head is scored on the pictures that it was fitted on."""
    images, labels = target_few

    def score(candidate: Any) -> float:
        x = _features(candidate, images, candidate.mean, candidate.std)
        return float(_probe().fit(x, labels.numpy()).score(x, labels.numpy()))

    return _sorted(candidates, score)


@misconception(asks="What range did the pixels have in each body's own training, and what range has it here?")
def card_ignored(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """All bodies get the pictures as they are."""
    images, labels = target_few
    return _sorted(candidates, lambda c: _validated(_features(c, images, [0.0], [1.0]), labels))


@misconception(asks="Two bodies were trained at different places. Do they expect the same mean and deviation?")
def one_card_for_all(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """All bodies get pictures that are normalised by the first one's card."""
    images, labels = target_few
    card = candidates[0]
    return _sorted(candidates, lambda c: _validated(_features(c, images, card.mean, card.std), labels))


@misconception(asks="Each body learned with fixed numbers to subtract and to divide by. Are yours the same?")
def statistics_of_the_few(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """All bodies get pictures that are normalised by the mean and deviation of the few."""
    images, labels = target_few
    mean, std = images.mean((0, 2, 3)), images.std((0, 2, 3))
    return _sorted(candidates, lambda c: _validated(_features(c, images, mean, std), labels))


@misconception(asks="If you asked a body for one picture alone, would its features be the same as in your batch?")
def in_train_mode(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The bodies are in train mode, as they came: each batch normalises itself, and dropout is at work."""
    images, labels = target_few
    return _sorted(candidates, lambda c: _validated(_features(c, images, c.mean, c.std, training=True), labels))


@misconception(asks="Which of your scores belongs to the name that comes first?")
def worst_first(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """Sorted from the lowest score up."""
    return sound(candidates, target_few)[::-1]
