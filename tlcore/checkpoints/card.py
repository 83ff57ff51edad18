"""A checkpoint's card: what one must know to use a model on pictures or sentences of one's own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from tlcore.data.sets import ImageSet
from tlcore.data.vocabulary import Vocabulary

Pictures = TypeVar("Pictures", Tensor, ImageSet)


@dataclass(frozen=True)
class Card:
    """Where a model comes from, and how its inputs must look. Fields that do not apply are empty."""

    name: str
    """What the checkpoint is called."""
    task: str = ""
    """"image-classification" or "causal-lm"."""
    source: str = ""
    """What it was pre-trained on, in words."""
    names: tuple[str, ...] = ()
    """Class names in the order of the logits."""
    mean: tuple[float, ...] = ()
    """Mean of each channel that was subtracted from pictures (values 0 to 1) in pre-training."""
    std: tuple[float, ...] = ()
    """Standard deviation of each channel that they were divided by afterwards."""
    words: tuple[str, ...] = ()
    """The words of a language model; a word's position is its id."""
    seed: int | None = None
    """Seed of the initial weights and of the order of the data."""
    data_seeds: dict[str, int] = field(default_factory=dict)
    """Seeds that training and test data were generated from, by "train" and "test"."""
    recipe: dict[str, float | int | str] = field(default_factory=dict)
    """Numbers of the pre-training: optimizer, lr, steps and so on."""
    scores: dict[str, float] = field(default_factory=dict)
    """What was measured on the test data: "accuracy" (0 to 1) or "perplexity"."""

    def normalise(self, pictures: Pictures) -> Pictures:
        """`(x - mean) / std` in every channel of an ImageSet or a tensor (N, C, H, W), as in pre-training.

        Raises:
            ValueError: if the card has no mean and std, or another number of channels.
        """
        if not self.mean or not self.std:
            raise ValueError(f"the card of {self.name!r} does not say which mean and std its model was trained with")
        if isinstance(pictures, ImageSet):
            return pictures.normalised(self.mean, self.std)
        if pictures.ndim != 4 or pictures.shape[1] != len(self.mean):
            raise ValueError(f"{self.name!r} takes pictures (N, {len(self.mean)}, H, W), not {tuple(pictures.shape)}")
        mean, std = pictures.new_tensor(self.mean), pictures.new_tensor(self.std)
        return (pictures - mean.view(1, -1, 1, 1)) / std.view(1, -1, 1, 1)

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of a language model.

        Raises:
            ValueError: if the card lists no words.
        """
        if not self.words:
            raise ValueError(f"the card of {self.name!r} lists no words: it is not one of our language models")
        return Vocabulary(self.words)

    def save(self, folder: Path) -> None:
        """Write `card.json` into a checkpoint's folder."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / "card.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Card:
        """Read `card.json` of a checkpoint's folder.

        Raises:
            ValueError: if it is not JSON, or has fields that a card does not have.
        """
        path = folder / "card.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path} is not JSON: {error}") from error
        unknown = set(content) - {field.name for field in fields(cls)} if isinstance(content, dict) else {"(no object)"}
        if unknown or "name" not in content:
            raise ValueError(f"{path} is not a card: {', '.join(sorted(unknown)) or 'it has no name'}")
        lists = {key: tuple(value) for key, value in content.items() if isinstance(value, list)}
        return cls(**{**content, **lists})
