"""Hidden inputs: everything drawn from one seed, the same for whoever answers.

The seed comes from HMAC(course key, hidden test), so that a class shares its expected values, and no learner knows
them.
"""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import torch

from grader.student import zoo
from grader.student.bounded import check_size, unwatched
from grader.student.proxy import Model, Student

SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "do",
    "fa",
    "fi",
    "fo",
    "ga",
    "go",
    "ka",
    "ke",
    "ko",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "po",
    "ra",
    "re",
    "ro",
    "sa",
    "se",
    "so",
    "ta",
    "te",
    "to",
]


def seed_of(exercise_seed: str, what: str) -> int:
    """The seed of what is drawn for a hidden test: 48 bits of HMAC-SHA256(seed of the exercise, `what` it is for)."""
    return int.from_bytes(hmac.new(exercise_seed.encode(), what.encode(), hashlib.sha256).digest()[:6])


class Given:
    """Draws hidden inputs for one run of one hidden test, in a fixed order."""

    def __init__(self, student: Student, seed: int):
        self._student = student
        self.random = random.Random(seed)
        self.generator = torch.Generator().manual_seed(seed % 2**63)

    def integer(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return self.random.randint(low, high)

    def choice(self, options: Iterable[Any]) -> Any:
        """One of some options."""
        return self.random.choice(list(options))

    def distinct(self, count: int, low: int, high: int) -> list[int]:
        """Different integers from low to high, in random order."""
        return self.random.sample(range(low, high + 1), count)

    def name(self) -> str:
        """A made-up lower-case name."""
        return "".join(self.random.choice(SYLLABLES) for _ in range(3))

    def names(self, count: int) -> list[str]:
        """Different made-up names, not in alphabetical order."""
        found: list[str] = []
        while len(found) < count or (count > 1 and found == sorted(found)):
            found = list(dict.fromkeys(self.name() for _ in range(3 * count)))[:count]
        return found

    def tensor(self, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Standard normal numbers."""
        check_size(*shape)  # a width may be one that the other side told
        with unwatched():
            return torch.randn(*shape, generator=self.generator, dtype=torch.float64).to(dtype)

    def labels(self, count: int, n_classes: int) -> torch.Tensor:
        """Class ids (int64), every class at least once where count allows."""
        y = torch.arange(count) % n_classes
        return y[torch.randperm(count, generator=self.generator)]

    def tiny_net(self, **config: Any) -> Model:
        """A TinyNet with random widths, class count and batch-norm statistics that are not the initial ones."""
        config.setdefault("widths", [self.choice([8, 12, 16]), self.choice([12, 20, 24])])
        config.setdefault("n_classes", self.integer(4, 9))
        config.setdefault("in_channels", self.choice([1, 2, 3]))
        config.setdefault("layout", self.choice(["fc", "head"]))
        model = self._student.tools.tiny_net(**config)
        # A pretrained network's statistics are far from a fresh one's; a few training passes make them so.
        self._student.tools.train(
            model,
            2 * self.tensor(16, config["in_channels"], 8, 8) + 0.5,
            self.labels(16, config["n_classes"]),
            steps=2,
            lr=0.05,
        )
        self._student.tools.mode(model, False)
        # Known here, not asked of the other side: a size that comes from there could be any number.
        model.config = SimpleNamespace(**config)
        return model

    def model(self, kind: str, dtype: str = "float32", **sizes: Any) -> Model:
        """A model of the zoo: "net", "resnet", "vit" or "bert" (`grader.student.zoo.KINDS`), with random sizes.

        It answers with plain logits. `.config` has `n_classes`, `head` and `lowest` (the paths of head and lowest
        block), `blocks` (how many), `words` (for labels) and the sizes.
        """
        return zoo.model(self, self._student.tools, kind, dtype, **sizes)

    def inputs(self, model: Model, count: int) -> torch.Tensor:
        """A batch that fits a model of the zoo: pictures in its precision, or word ids."""
        return zoo.inputs(self, model, count)
