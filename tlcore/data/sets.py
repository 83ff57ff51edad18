"""What a dataset is here: tensors with a name for every class, and nothing hidden.

Three small dataclasses, `ImageSet`, `TextSet` and `LabelledTexts`. Each can be indexed by a list or tensor of rows, and
gives batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

if TYPE_CHECKING:
    from tlcore.data.vocabulary import Vocabulary

Rows = Sequence[int] | Tensor | slice


@dataclass(frozen=True)
class ImageSet:
    """Labelled pictures.

    Iterating gives `images, labels`, so that `x, y = leaves("target", 10)` works.
    """

    images: Tensor
    """(N, C, H, W) float32, every value between 0 and 1."""
    labels: Tensor
    """(N,) int64: the position of each picture's class in `names`."""
    names: tuple[str, ...]
    """The class names; the order is the order of the labels and need not be alphabetical."""
    groups: Tensor
    """(N,) int64: which plant (or writer) a picture is from. Pictures of one group are near-copies of each other:
    never put one in training and another in the test set."""

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: Rows) -> ImageSet:
        """The pictures of the given rows, as another ImageSet with the same class names."""
        return replace(self, images=self.images[rows], labels=self.labels[rows], groups=self.groups[rows])

    def __iter__(self) -> Iterator[Tensor]:
        return iter((self.images, self.labels))

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.names)

    def few(self, n_per_class: int, seed: int = 0) -> ImageSet:
        """`n_per_class` rows of every class, drawn without regard to groups and shuffled.

        Raises:
            ValueError: if a class has fewer rows.
        """
        return self[_few(self.labels, self.names, n_per_class, seed)]

    def normalised(self, mean: Sequence[float], std: Sequence[float]) -> ImageSet:
        """The same pictures with `(x - mean) / std` in every channel; mean and std come from a checkpoint's card."""
        channels = self.images.shape[1]
        if len(mean) != channels or len(std) != channels:
            raise ValueError(f"the pictures have {channels} channels; mean has {len(mean)} values and std {len(std)}")
        centre = torch.tensor(mean, dtype=self.images.dtype).view(1, -1, 1, 1)
        spread = torch.tensor(std, dtype=self.images.dtype).view(1, -1, 1, 1)
        return replace(self, images=(self.images - centre) / spread)

    def loader(self, batch_size: int = 32, shuffle: bool = False, seed: int = 0) -> DataLoader:
        """A DataLoader of `(images, labels)` batches; with `shuffle`, the order is decided by `seed`."""
        generator = torch.Generator().manual_seed(seed)
        return DataLoader(TensorDataset(self.images, self.labels), batch_size, shuffle, generator=generator)


@dataclass(frozen=True)
class TextSet:
    """Sentences for a causal language model: the text, and the same as padded word ids."""

    texts: tuple[str, ...]
    """The sentences, words separated by single spaces."""
    ids: Tensor
    """(N, T) int64 word ids: begin, the words, end, then padding on the right."""
    mask: Tensor
    """(N, T) int64: 1 for words, 0 for padding."""
    vocabulary: Vocabulary
    """Which id is which word."""

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, rows: Rows) -> TextSet:
        """The sentences of the given rows, as another TextSet (padded to the same length)."""
        wanted = torch.arange(len(self))[rows]
        texts = tuple(self.texts[int(i)] for i in wanted)
        return replace(self, texts=texts, ids=self.ids[wanted], mask=self.mask[wanted])

    @property
    def labels(self) -> Tensor:
        """(N, T) int64: the ids to predict, with -100 (ignored by the loss) where there is padding."""
        return self.ids.masked_fill(self.mask == 0, -100)

    def batch(self, rows: Rows | None = None) -> dict[str, Tensor]:
        """`input_ids`, `attention_mask` and `labels`, as transformers' causal language models take them."""
        part = self if rows is None else self[rows]
        return {"input_ids": part.ids, "attention_mask": part.mask, "labels": part.labels}


@dataclass(frozen=True)
class LabelledTexts:
    """Texts with labels, not yet tokenized: every model has a tokenizer of its own."""

    texts: tuple[str, ...]
    """The texts as people write them."""
    labels: Tensor
    """(N,) int64: the position of each text's class in `names`."""
    names: tuple[str, ...]
    """The class names; the order is the order of the labels and need not be alphabetical."""

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: Rows) -> LabelledTexts:
        """The texts of the given rows, as another LabelledTexts with the same class names."""
        wanted = torch.arange(len(self))[rows]
        return replace(self, texts=tuple(self.texts[int(i)] for i in wanted), labels=self.labels[wanted])

    def few(self, n_per_class: int, seed: int = 0) -> LabelledTexts:
        """`n_per_class` rows of every class, shuffled.

        Raises:
            ValueError: if a class has fewer rows.
        """
        return self[_few(self.labels, self.names, n_per_class, seed)]

    def loader(
        self, tokenizer: Callable[..., Any], batch_size: int = 32, shuffle: bool = False, seed: int = 0
    ) -> DataLoader:
        """A DataLoader of dict batches for transformers' classifiers: `input_ids`, `attention_mask` and `labels`.

        Args:
            tokenizer: one of transformers; each batch is padded to its longest text.
            shuffle: a new order each pass, decided by `seed`.
        """

        def batch(rows: list[int]) -> dict[str, Tensor]:
            encoded = tokenizer([self.texts[i] for i in rows], padding=True, return_tensors="pt")
            wanted = {name: encoded[name] for name in ("input_ids", "attention_mask")}
            return {**wanted, "labels": self.labels[rows]}

        generator = torch.Generator().manual_seed(seed)
        rows: Any = range(len(self))
        return DataLoader(rows, batch_size, shuffle, collate_fn=batch, generator=generator)


def _few(labels: Tensor, names: Sequence[str], n_per_class: int, seed: int) -> Tensor:
    """Positions of `n_per_class` rows of every class, in random order."""
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for label, name in enumerate(names):
        mine = torch.nonzero(labels == label).flatten()
        if len(mine) < n_per_class:
            raise ValueError(f"class {name!r} has {len(mine)} rows, fewer than the {n_per_class} asked for")
        rows.append(mine[torch.randperm(len(mine), generator=generator)[:n_per_class]])
    chosen = torch.cat(rows)
    return chosen[torch.randperm(len(chosen), generator=generator)]
