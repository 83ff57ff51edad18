"""Wrong ideas about `replay_loader`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from tlcore.misconceptions.registry import misconception


class _Loader:
    """Batches of a buffer and a target; each idea changes one thing."""

    def __init__(self, source: Any, target: Any, buffer: Tensor, sizes: tuple[int, int], seed: int, **idea: Any):
        self.old, self.new, self.buffer, self.sizes, self.idea = source, target, buffer, sizes, idea
        self.generator = torch.Generator().manual_seed(seed)
        self.seed = seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        (old_x, old_y), (new_x, new_y) = self.old, self.new
        replayed, fresh = self.sizes
        if self.idea.get("one_order"):
            self.generator.manual_seed(self.seed)
        if "anew" in self.idea:
            self.buffer = self.idea["anew"](self.generator)
        first = 0 if self.idea.get("labels_left") else int(old_y.max()) + 1
        for rows in torch.randperm(len(new_y), generator=self.generator).split(fresh):
            old = self.buffer[torch.randint(len(self.buffer), (replayed,), generator=self.generator)]
            yield torch.cat([old_x[old], new_x[rows]]), torch.cat([old_y[old], new_y[rows] + first])


def _of_each(y: Tensor, allowed: Tensor, count: int, generator: torch.Generator) -> Tensor:
    found = []
    for label in y.unique():
        rows = torch.nonzero(allowed & (y == label))[:, 0]
        found.append(rows[torch.randperm(len(rows), generator=generator)][:count])
    return torch.cat(found)


def _allowed(y: Tensor, test_rows: Any) -> Tensor:
    mask = torch.full((len(y),), True)
    mask[torch.as_tensor(list(test_rows), dtype=torch.long)] = False
    return mask


def _sizes(share: float, batch_size: int) -> tuple[int, int]:
    old = round(batch_size * share)
    return old, batch_size - old


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed + 7)


@misconception(asks="On which rows will you measure how much was forgotten, and has the model seen them?")
def test_rows_replayed(source, target, test_rows, per_class, share, batch_size, seed):
    """The buffer is drawn from all rows of the source."""
    y = source[1]
    buffer = _of_each(y, torch.full((len(y),), True), per_class, _generator(seed))
    return _Loader(source, target, buffer, _sizes(share, batch_size), seed)


@misconception(asks="Print the labels of your buffer. How is the source sorted?")
def first_rows(source, target, test_rows, per_class, share, batch_size, seed):
    """The first allowed rows of the source, whatever their class."""
    y = source[1]
    rows = torch.nonzero(_allowed(y, test_rows))[:, 0]
    return _Loader(source, target, rows[: per_class * len(y.unique())], _sizes(share, batch_size), seed)


@misconception(asks="How many rows of the source does one have to keep for your loader?")
def whole_source_kept(source, target, test_rows, per_class, share, batch_size, seed):
    """All of the source is replayed: that is joint training, and the buffer has no size."""
    y = source[1]
    buffer = torch.nonzero(_allowed(y, test_rows))[:, 0]
    return _Loader(source, target, buffer, _sizes(share, batch_size), seed)


@misconception(asks="Count the old rows of each batch. Is the share one of the batch, or of all rows together?")
def share_of_the_set(source, target, test_rows, per_class, share, batch_size, seed):
    """Old and new rows are put together and shuffled, so that batches have what chance gives them."""
    buffer = _of_each(source[1], _allowed(source[1], test_rows), per_class, _generator(seed))
    old_x, old_y = source[0][buffer], source[1][buffer]
    times = max(1, round(share / (1 - share) * len(target[1]) / len(buffer)))
    x = torch.cat([old_x] * times + [target[0]])
    y = torch.cat([old_y] * times + [target[1] + int(source[1].max()) + 1])
    data = torch.utils.data.TensorDataset(x, y)
    return torch.utils.data.DataLoader(data, batch_size, shuffle=True, generator=_generator(seed))


@misconception(asks="Two different classes are called 0 in your batches. Which of them will the model learn?")
def labels_not_moved(source, target, test_rows, per_class, share, batch_size, seed):
    """Labels of the target begin at 0, as those of the source do."""
    buffer = _of_each(source[1], _allowed(source[1], test_rows), per_class, _generator(seed))
    return _Loader(source, target, buffer, _sizes(share, batch_size), seed, labels_left=True)


@misconception(asks="After ten passes, how many different rows of the source were needed?")
def buffer_drawn_anew(source, target, test_rows, per_class, share, batch_size, seed):
    """Each pass draws a buffer of its own, so that in the end all of the source is kept."""
    y, allowed = source[1], _allowed(source[1], test_rows)

    def anew(generator: torch.Generator) -> Tensor:
        return _of_each(y, allowed, per_class, generator)

    return _Loader(source, target, y[:0], _sizes(share, batch_size), seed, anew=anew)


@misconception(asks="Go through your loader twice and compare. What does the second pass add?")
def one_order_for_all_passes(source, target, test_rows, per_class, share, batch_size, seed):
    """Every pass starts again from the seed."""
    buffer = _of_each(source[1], _allowed(source[1], test_rows), per_class, _generator(seed))
    return _Loader(source, target, buffer, _sizes(share, batch_size), seed, one_order=True)
