"""Replay: a few rows of the source in every batch of the target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor


def replay_loader(
    source: tuple[Tensor, Tensor],
    target: tuple[Tensor, Tensor],
    test_rows: Sequence[int],
    per_class: int,
    share: float,
    batch_size: int,
    seed: int,
) -> Iterable[tuple[Tensor, Tensor]]:
    """Batches of the target with rows of a small buffer of the source in each of them.

    Args:
        source: rows (N, ...) and labels (N,) of the old classes, 0 to C - 1, in any order.
        target: rows (M, ...) and labels (M,) of the new classes, from 0.
        test_rows: numbers of source rows that are for testing only.
        per_class: rows of each old class in the buffer, chosen once.
        share: of every batch that is replayed; `round(share * batch_size)` rows.
        batch_size: rows of a batch, old and new together.
        seed: decides the buffer and every order.

    Returns:
        Batches (x, y). A pass has every row of the target once, and the next pass another order. Labels of new classes
        begin at C.

    Source: Rolnick et al. 2019, "Experience replay for continual learning".
    """
    # 1. choose the buffer: per_class rows of each old class, none of them a test row
    # 2. put old and new rows together; the labels of new classes begin after the old ones
    # 3. each pass: the new rows in another order, cut into pieces; to each piece, replayed rows of the buffer
    ### BEGIN SOLUTION
    gen = torch.Generator().manual_seed(seed)
    (old_x, old_y), (new_x, new_y) = source, target
    n_classes = int(old_y.max()) + 1
    allowed = torch.ones(len(old_y), dtype=torch.bool)
    allowed[list(test_rows)] = False
    chosen = []
    for label in range(n_classes):
        rows = (allowed & (old_y == label)).nonzero().flatten()
        chosen.append(rows[torch.randperm(len(rows), generator=gen)[:per_class]])
    buffer = torch.cat(chosen)
    replayed = round(share * batch_size)

    class Batches:
        def __iter__(self):
            for new in torch.randperm(len(new_y), generator=gen).split(batch_size - replayed):
                old = buffer[torch.randint(len(buffer), (replayed,), generator=gen)]
                yield torch.cat([old_x[old], new_x[new]]), torch.cat([old_y[old], new_y[new] + n_classes])

    return Batches()
    ### END SOLUTION
