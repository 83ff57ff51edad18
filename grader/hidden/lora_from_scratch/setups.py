"""Set-ups that several questions of lora_from_scratch share."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.student.given import Given
from grader.student.proxy import Model, Student
from grader.student.views import View, as_matrix

MATRIX = as_matrix()
Shapes = dict[str, tuple[int, int]]
"""Paths of linear layers, each with its (inputs, outputs)."""
KINDS: dict[str, tuple[list[tuple[int, int]], list[int], list[float]]] = {
    "plain": ([(5, 9), (6, 11), (11, 7), (13, 8)], [2, 3, 4], [5.0, 7.0, 10.0, 14.0]),
    "square": ([(7, 7), (10, 10)], [2, 3, 4], [3.7, 8.3]),
    "one": ([(5, 8), (9, 6)], [1], [3, 6, 11]),
    "large": ([(40, 22), (21, 48)], [12, 15], [33.0, 64.0]),
    "higher": ([(3, 5), (4, 6)], [7, 8], [9.4, 21.7]),
    "negative": ([(6, 10), (8, 5)], [2, 3], [-4.6, -9.5]),
    "fraction": ([(7, 11), (9, 4)], [2, 3], [0.3, 0.7, 1.6, 2.9]),
}
"""Kinds of layers: their (in, out), ranks ("higher" than both), and alphas. No two kinds have one alpha / r."""


def sizes(given: Given, kind: str = "plain") -> tuple[int, int, int, float]:
    """Rank, inputs and outputs, all different unless the kind says otherwise; and an alpha of that kind."""
    shapes, ranks, alphas = KINDS[kind]
    n_in, n_out = given.choice(shapes)
    return given.choice(ranks), n_in, n_out, given.choice(alphas)


def factors(given: Given, r: int, n_in: int, n_out: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Hidden values for A (r, in) and B (out, r)."""
    return given.tensor(r, n_in, dtype=dtype) / 2, given.tensor(n_out, r, dtype=dtype) / 2


def short(value: Tensor) -> str:
    """Shape and length of a tensor."""
    return f"{' × '.join(map(str, value.shape))} of length {value.norm():.4g}"


def in_train_mode(parts: dict[str, Tensor]) -> str:
    """Which parts are in train mode, by what `student.tools.normed` gave."""
    return ", ".join(path or "the whole" for path, x in parts.items() if x.mean(0).abs().max() < 0.1) or "none"


MODES = View(in_train_mode)

EXACT = 1e-10
"""Tolerance in double precision, where equivalent formulations differ by 1e-15 (twenty seeds) and single precision by
1e-8."""


class Collected:
    """A model with layers of many kinds, and targets that are names; with `dotted`, ends of paths and a whole path too.

    Names have digits and capitals. Of one block a container has a target's name; a trap has one's letters.
    """

    def __init__(self, student: Student, given: Given, dotted: bool = False) -> None:
        one, two, three, four, five, box, head = given.names(7)
        attention, query, value = one.capitalize(), f"{two}{given.integer(1, 9)}", three.upper()
        self.names = {"attention": attention, "query": query, "value": value, "trap": f"{attention}_{value}"}
        self.names |= {"top": four, "wide": f"{five.capitalize()}_{given.integer(1, 9)}", "box": box, "head": head}
        self.width, self.wide, self.depth = 12, 900, 2
        whole = f"blocks.{self.depth - 1}.{self.names['wide']}"
        self.targets = [query, value, four, self.names["wide"], box]
        if dotted:
            self.targets = [query, f"{attention}.{value}", four, whole, box]
        given.random.shuffle(self.targets)
        self.r, self.alpha = given.choice([2, 3]), given.choice([2.6, -3.7, 7.5])
        self.student, self.given = student, given
        self.model = self.made()

    def made(self) -> Model:
        """A model of this kind, frozen."""
        model = self.student.tools.collection(self.names, self.width, self.wide, self.depth, 23, 4)
        return self.student.tools.trainable(model, False)

    def shapes(self) -> Shapes:
        """Every linear layer's path with its (inputs, outputs)."""
        w, n = self.width, self.names
        found: Shapes = {n["top"]: (w, w), n["head"] + ".1": (w, 4)}
        for i in range(self.depth):
            inner = {"query": w + 3, "value": w + 2, "trap": w + 1}
            found |= {f"blocks.{i}.{n['attention']}.{n[part]}": (w, n_out) for part, n_out in inner.items()}
            found |= {f"blocks.{i}.{n['box']}.inner": (w, w), f"blocks.{i}.{n['wide']}": (w, self.wide)}
        return found

    def meant(self) -> Shapes:
        """The layers that the targets mean."""
        return {p: s for p, s in self.shapes().items() if any(f".{p}".endswith(f".{t}") for t in self.targets)}

    def ids(self) -> Tensor:
        """Sentences (5, 6), other ones each time."""
        return torch.randint(0, 23, (5, 6), generator=self.given.generator)

    def learning(self) -> dict[str, int]:
        """How many numbers can learn in each linear layer's place."""
        return self.student.tools.trainable_counts(self.model, list(self.shapes()))

    def set_factors(self) -> None:
        """Hidden values into all factors."""
        values = {path: factors(self.given, self.r, *shape) for path, shape in self.meant().items()}
        self.student.tools.set_all_factors(self.model, values)

    def fresh(self, state: dict[str, Tensor]) -> Model:
        """Another model of the same kind, frozen, with these tensors."""
        return self.student.tools.set_tensors(self.made(), state)

    def others(self) -> list[str]:
        """Parts that no call replaces."""
        return ["", "embed", "norm", "conv", "drop", self.names["head"], "blocks.0", "blocks.0.norm"]
