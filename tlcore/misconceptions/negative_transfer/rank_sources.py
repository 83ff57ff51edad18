"""Wrong ideas about `rank_sources`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from tlcore.misconceptions.registry import misconception
from tlcore.reference.negative_transfer.rank_sources import rank_sources as sound

Few = tuple[Tensor, Tensor]


def _sorted(candidates: Sequence[Any], score: Callable[[Any], float]) -> list[str]:
    return [candidate.name for candidate in sorted(candidates, key=score, reverse=True)]


def _features(candidate: Any, images: Tensor, mean: Any, std: Any, training: bool = False) -> Tensor:
    mean, std = (torch.as_tensor(values).view(1, -1, 1, 1) for values in (mean, std))
    with torch.no_grad():
        features = candidate.body.train(training)((images - mean) / std)
    return (features - features.mean(0)) / (features.std(0) + 1e-6)


def _votes(features: Tensor, labels: Tensor, itself: bool = False, k: int = 7) -> float:
    """How often the nearest pictures vote for the right class, with or without the picture itself."""
    distances = torch.cdist(features, features).fill_diagonal_(-1.0 if itself else torch.inf)
    nearest = distances.topk(k, largest=False).indices
    return float((labels[nearest].mode(1).values == labels).float().mean())


@misconception(asks="That accuracy was counted on another task. Could a source be perfect at something useless to you?")
def by_source_accuracy(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The accuracy on the card decides."""
    return _sorted(candidates, lambda candidate: candidate.accuracy)


@misconception(asks="What would the largest of them be worth if it had never been trained at all?")
def by_size(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The number of parameters decides."""
    return _sorted(candidates, lambda candidate: candidate.parameters)


@misconception(asks="On which pictures is the head scored, and had it seen them with their labels?")
def head_scored_on_its_training_rows(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """A head is scored on the pictures that it was fitted on."""
    images, labels = target_few

    def score(candidate: Any) -> float:
        x = _features(candidate, images, candidate.mean, candidate.std)
        x = torch.cat([x, torch.ones(len(x), 1)], 1).double()
        wanted = torch.eye(int(labels.max()) + 1, dtype=torch.float64)[labels]
        head = torch.linalg.solve(x.T @ x + 0.1 * torch.eye(x.shape[1], dtype=torch.float64), x.T @ wanted)
        return float(((x @ head).argmax(1) == labels).float().mean())

    return _sorted(candidates, score)


@misconception(asks="Which picture is nearest to a picture of the few, and what does it say of its class?")
def each_its_own_neighbour(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The nearest neighbour of each picture is the picture itself: everybody is right every time."""
    images, labels = target_few
    return _sorted(candidates, lambda c: _votes(_features(c, images, c.mean, c.std), labels, itself=True, k=1))


@misconception(asks="What range did the pixels have in each body's own training, and what range has it here?")
def card_ignored(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """All bodies get the pictures as they are."""
    images, labels = target_few
    return _sorted(candidates, lambda c: _votes(_features(c, images, [0.0], [1.0]), labels))


@misconception(asks="Two bodies were trained at different places. Do they expect the same mean and deviation?")
def one_card_for_all(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """All bodies get pictures that are normalised by the first one's card."""
    images, labels = target_few
    card = candidates[0]
    return _sorted(candidates, lambda c: _votes(_features(c, images, card.mean, card.std), labels))


@misconception(asks="Each body learned with fixed numbers to subtract and to divide by. Are yours the same?")
def statistics_of_the_few(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """All bodies get pictures that are normalised by the mean and deviation of the few."""
    images, labels = target_few
    mean, std = images.mean((0, 2, 3)), images.std((0, 2, 3))
    return _sorted(candidates, lambda c: _votes(_features(c, images, mean, std), labels))


@misconception(asks="If you asked a body for one picture alone, would its features be the same as in your batch?")
def in_train_mode(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """The bodies are in train mode, as they came: each batch normalises itself, and dropout is at work."""
    images, labels = target_few
    return _sorted(candidates, lambda c: _votes(_features(c, images, c.mean, c.std, training=True), labels))


@misconception(asks="Which of your scores belongs to the name that comes first?")
def worst_first(candidates: Sequence[Any], target_few: Few) -> list[str]:
    """Sorted from the lowest score up."""
    return sound(candidates, target_few)[::-1]
