"""An offline hub: a folder with one folder for each model, and in it a card, a config and the weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tlcore.checkpoints import FOLDER
from tlcore.data.digits import real_digits
from tlcore.data.sets import ImageSet

HUB = FOLDER / "offline-hub"
"""The hub that ships: eight models."""
CARD = "model_card.json"


def read_cards(hub: str | Path) -> list[dict[str, Any]]:
    """The cards of all models of a hub, by name. A card's `name` is the name of its folder."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(hub).glob(f"*/{CARD}"))]


class Target:
    """A task of your own: a few labelled pictures, and a test that is handed out once a model has been chosen."""

    def __init__(self, needs: dict[str, Any], pictures: ImageSet, test: ImageSet, seeds: Sequence[int]) -> None:
        """`pictures` are those to choose and to train with; there must be 11 of each class or more."""
        self.needs, self.seeds = needs, list(seeds)
        self.n_classes = pictures.n_classes
        shuffled = pictures.few(11)
        at = torch.cat([torch.nonzero(shuffled.labels == label).flatten() for label in range(self.n_classes)])
        at = at.view(self.n_classes, 11)
        self._pool, self._val, self._test = shuffled[at[:, :5].flatten()], shuffled[at[:, 5:].flatten()], test
        self._chosen: str | None = None

    def train(self, seed: int) -> tuple[Tensor, Tensor]:
        """Pictures (N, C, H, W) between 0 and 1, and labels: one of each class, drawn by the seed."""
        x, y = self._pool.few(1, seed)
        return x, y

    def val(self) -> tuple[Tensor, Tensor]:
        """Pictures and labels to choose with: six of each class."""
        x, y = self._val
        return x.clone(), y.clone()

    def test(self, chosen: str) -> tuple[Tensor, Tensor]:
        """Pictures and labels for the table, for the model that you have chosen.

        Raises:
            RuntimeError: if it was handed out for another model before.
        """
        if self._chosen not in (None, chosen):
            raise RuntimeError(f"the test was handed out for {self._chosen!r}: it is not there for choosing")
        self._chosen = chosen
        x, y = self._test
        return x.clone(), y.clone()


NEEDS = {
    "task": "image-classification",
    "channels": 1,
    "size": 8,
    "n_classes": 10,
    "licences": ["apache-2.0", "bsd-3-clause", "cc-by-4.0", "mit"],
    "max_parameters": 8_000,
    "test_data": "uci-digits",
}
"""What the target of the notebook asks of a model."""


def digits_target(seed: int = 0, seeds: Sequence[int] = (0, 1, 2, 3, 4)) -> Target:
    """The target of the notebook: handwritten digits, one of each class to train with."""
    return Target(dict(NEEDS), real_digits("train", seed), real_digits("test", seed)[:300], seeds)
