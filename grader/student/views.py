"""Views: how a value that a hidden test looked at is said in words, and drawn. An observation names one view.

expect(model.tensors(), "parameters that moved in three steps", view=moved_from(before))

A view of one topic alone is a `View` in the topic's `setups.py`: `View(says)` for words, `View(says, draws)` for words
and a picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from grader.student.tensors import as_tensor
from tlcore import plots

MANY_LETTERS = 100_000
"""In the names of a model's layers together. Of more, the layers are counted and not named: a network of 400 layers has
a tenth of it."""
MOVED = 1e-6
"""Distance above which a tensor counts as moved; rounding of what stands still gives 0."""


@dataclass(frozen=True)
class View:
    """says: a value in the words that a learner should read. draws: (observed, expected) as a picture of `plots`.

    Both are called with whatever an answer gave; where they raise, the value is said in plain words without a picture.
    """

    says: Callable[[Any], str] | None = None
    draws: Callable[[Any, Any], dict[str, Any]] | None = None


PLAIN = View()
"""Plain words and no picture."""


def moved_from(before: Mapping[str, torch.Tensor]) -> View:
    """Tensors by name after training that began at `before`: which of them moved, and how far."""

    def distance(after: Mapping[str, torch.Tensor], name: str) -> float:
        return float((after[name].double() - before[name].double()).norm())

    def says(after: Mapping[str, torch.Tensor]) -> str:
        moved = [name for name in before if name in after and distance(after, name) > MOVED]
        if sum(map(len, before)) > MANY_LETTERS:
            return f"{len(moved)} of {len(before)}"
        return ", ".join(collapsed(moved, list(before))) or "none"

    def draws(observed: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor]) -> dict[str, Any]:
        names = [name for name in before if name in expected and name in observed]
        yours, right = ({"trainable": None, "moved": [distance(v, n) for n in names]} for v in (observed, expected))
        return plots.layers("How far training moved each parameter", names, yours, right)

    return View(says, draws)


def as_matrix(title: str = "Yours and the expected", rows: int = 16, columns: int = 16) -> View:
    """The first rows and columns of a table of numbers, as a picture."""

    def draws(observed: Any, expected: Any) -> dict[str, Any]:
        yours, right = (as_tensor(value).float()[:rows, :columns] for value in (observed, expected))
        return plots.matrix(title, yours, right)

    return View(draws=draws)


def as_curves(title: str, of: str, xlabel: str) -> View:
    """One column of a table of lists, yours and the expected as lines."""

    def draws(observed: Any, expected: Any) -> dict[str, Any]:
        return plots.lines(title, {"yours": observed[of], "expected": expected[of]}, xlabel=xlabel, ylabel=title)

    return View(draws=draws)


def as_counts(title: str, paths: Collection[str]) -> View:
    """How many numbers can learn under each of some paths in a model (`student.tools.trainable_counts`)."""

    def says(counts: Mapping[str, int]) -> str:
        found = Counter((path.rpartition(".")[2], n) for path, n in counts.items() if n)
        return ", ".join(f"{times} × {name} ({n} numbers each)" for (name, n), times in found.items()) or "none"

    def draws(observed: Mapping[str, int], expected: Mapping[str, int]) -> dict[str, Any]:
        yours, right = ([side.get(path, 0) for path in paths] for side in (observed, expected))
        return plots.bars(title, list(paths), yours, right, ylabel="numbers")

    return View(says, draws)


def outputs_from(before: torch.Tensor, title: str = "Outputs") -> View:
    """Outputs after training: how far they moved, on average, from what they were before, and their matrix."""
    return View(lambda after: f"moved by {float((after - before).abs().mean()):.3f}", as_matrix(title).draws)


def collapsed(chosen: list[str], every: list[str], prefix: str = "") -> list[str]:
    """Dotted names, with `backbone` for all that is in the backbone where all of it is chosen."""
    picked = set(chosen)
    parts: dict[str, list[str]] = {}
    for name in every:
        parts.setdefault(prefix + name.removeprefix(prefix).partition(".")[0], []).append(name)
    found = []
    for path, inside in parts.items():
        if picked.issuperset(inside):
            found.append(path)
        elif not picked.isdisjoint(inside):
            found += collapsed([name for name in inside if name in picked], inside, path + ".")
    return found
