"""A word-level vocabulary: the whole tokenizer of our small language models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

PAD, BEGIN, END, UNKNOWN = "<pad>", "<s>", "</s>", "<unk>"
SPECIAL = (PAD, BEGIN, END, UNKNOWN)


@dataclass(frozen=True)
class Vocabulary:
    """Words and their ids. The first four are `<pad>`, `<s>`, `</s>`, `<unk>`, with ids 0 to 3."""

    words: tuple[str, ...]
    """Every word; its position is its id."""

    def __post_init__(self) -> None:
        if self.words[:4] != SPECIAL:
            raise ValueError(f"a vocabulary starts with {SPECIAL}; use Vocabulary.of(words)")
        if len(set(self.words)) != len(self.words):
            raise ValueError("a word is in the vocabulary twice")
        object.__setattr__(self, "_ids", {word: i for i, word in enumerate(self.words)})

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """A vocabulary of the special words and `words`, in alphabetical order."""
        return cls(SPECIAL + tuple(sorted(set(words) - set(SPECIAL))))

    def __len__(self) -> int:
        return len(self.words)

    def id(self, word: str) -> int:
        """The id of a word; that of `<unk>` if the word is not known."""
        return self._ids.get(word, 3)  # type: ignore[attr-defined]

    def encode(self, texts: Sequence[str], length: int | None = None) -> tuple[Tensor, Tensor]:
        """Word ids and mask, both (N, T) int64: begin, the words, end, padding on the right.

        Args:
            texts: sentences, words separated by spaces.
            length: T; without it, the length of the longest sentence.

        Raises:
            ValueError: if a sentence does not fit into `length`.
        """
        rows = [[1, *(self.id(word) for word in text.split()), 2] for text in texts]
        longest = max(map(len, rows), default=2)
        length = longest if length is None else length
        if longest > length:
            raise ValueError(f"a sentence has {longest} tokens with its begin and end; length is only {length}")
        ids = torch.zeros(len(rows), length, dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1
        return ids, mask

    def decode(self, ids: Sequence[int] | Tensor) -> str:
        """The words of one row of ids, up to its end, without special words."""
        words = []
        for i in ids:
            if int(i) == 2:
                break
            if int(i) not in (0, 1):
                words.append(self.words[int(i)])
        return " ".join(words)
