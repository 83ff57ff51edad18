"""Old digits and new ones: a small network that knows some digits, and a few pictures of others that it has to learn.

Everything is small enough that one adaptation takes a fifth of a second, so that a method can be tried with many seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from tlcore.data import real_digits, stroke_digits
from tlcore.models import TinyNet
from tlcore.training import train

Labelled = tuple[Tensor, Tensor]
"""Pictures (N, 1, 8, 8) and their labels (N,)."""
GREY, INK = 0.2, 0.8
"""The new digits are on grey paper: a pixel p becomes GREY + INK * p. So their means and spreads are others."""
ROWS, HELD_OUT, STEPS = 1000, 200, 100
"""Drawn digits of all ten classes, how many old ones at most are kept for the test, and updates of the base."""


@dataclass(frozen=True)
class DigitTasks:
    """A base that knows the old digits, and what there is to teach it the new ones."""

    base: TinyNet
    """In eval mode; `base.backbone` gives features (N, d), `base.fc` turns them into logits of the old classes."""
    target: Labelled
    """New digits; labels from 0."""
    buffer: Labelled
    """A few old digits that were kept; labels as the base knows them."""
    old_test: Labelled
    """Old digits that nobody has trained on."""
    new_test: Labelled
    """New digits that nobody has trained on; labels from 0."""
    names: tuple[str, ...]
    """The digit of each column of an adapted model: first the old classes, then the new ones."""

    @property
    def n_old(self) -> int:
        """How many old classes."""
        return self.base.config.n_classes


@lru_cache(maxsize=64)
def digit_tasks(
    seed: int = 0,
    n_old: int = 6,
    n_new: int = 4,
    per_old: int = 5,
    per_new: int = 20,
    widths: tuple[int, ...] = (12, 24),
    norm: str = "batch",
) -> DigitTasks:
    """Old digits, drawn by a program, on white; and new ones, written by people, on grey paper.

    Args:
        seed: which digits are old, which pictures there are, and the weights of the base.
        n_old, n_new: how many classes; ten at most together.
        per_old: pictures of each old class in the buffer.
        per_new: labelled pictures of each new class.
        widths, norm: of the base, a TinyNet that is trained here, in half a second.

    Returns:
        The same object for the same arguments, so copy the base before you train it.
    """
    if n_old < 1 or n_new < 1 or n_old + n_new > 10:
        raise ValueError("there are ten digits: n_old and n_new are at least 1, and 10 at most together")
    rng = np.random.default_rng([seed, 12])
    digits = torch.from_numpy(rng.permutation(10))
    old, new = digits[:n_old], digits[n_old : n_old + n_new]

    x, y = _of(old, *stroke_digits(ROWS, seed))
    held_out = min(HELD_OUT, len(y) // 2)
    x, y, old_test = x[held_out:], y[held_out:], (x[:held_out], y[:held_out])
    with torch.random.fork_rng(devices=[]):  # whoever calls this keeps the random numbers that were coming
        torch.manual_seed(seed)
        base = TinyNet(n_old, 1, widths, norm=norm, dropout=0.1)
        train(base, (x, y), steps=STEPS, lr=5e-3, batch_size=64, seed=seed, cosine=True, progress=False)

    few = _first_of_each(*_of(new, *real_digits("train", seed)), per_new, rng)
    test_x, test_y = _of(new, *real_digits("test", seed))
    return DigitTasks(
        base=base,
        target=(GREY + INK * few[0], few[1]),
        buffer=_first_of_each(x, y, per_old, rng),
        old_test=old_test,
        new_test=(GREY + INK * test_x[:HELD_OUT], test_y[:HELD_OUT]),
        names=tuple(str(int(digit)) for digit in digits[: n_old + n_new]),
    )


def _of(classes: Tensor, x: Tensor, y: Tensor) -> Labelled:
    """The rows of these classes; labels become positions in `classes`."""
    is_one = y[:, None] == classes
    rows = is_one.any(1)
    return x[rows], is_one[rows].long().argmax(1)


def _first_of_each(x: Tensor, y: Tensor, count: int, rng: np.random.Generator) -> Labelled:
    """`count` rows of every class, shuffled."""
    rows = torch.cat([(y == label).nonzero().flatten()[:count] for label in y.unique()])
    rows = rows[torch.from_numpy(rng.permutation(len(rows)))]
    return x[rows], y[rows]
