"""Wrong ideas about `encode_batch`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from tlcore.misconceptions.registry import misconception
from tlcore.reference.language_heads.encode_batch import encode_batch as sound

Batch = dict[str, Tensor]


@misconception(asks="How does a model know which positions are padding?")
def mask_of_ones(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """No mask to speak of: the padding is looked at like words."""
    batch = sound(texts, vocab, max_len, side)
    return {**batch, "attention_mask": torch.ones_like(batch["attention_mask"])}


@misconception(asks="What stands at the end of a text that was cut?")
def end_is_cut_off(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """The finished row is cut to max_len, and [SEP] with it."""
    whole = sound(texts, vocab, 10_000, "right")
    kept = whole["attention_mask"][:, :max_len]
    ids = whole["input_ids"][:, :max_len]
    longest = int(kept.sum(1).max())
    if side == "left":
        shift = [longest - int(row.sum()) for row in kept]
        rows = zip(ids[:, :longest], kept[:, :longest], shift, strict=True)
        turned = [(row.roll(n), seen.roll(n)) for row, seen, n in rows]
        ids, kept = (torch.stack(part) for part in zip(*turned, strict=True))
    return {"input_ids": ids[:, :longest], "attention_mask": kept[:, :longest]}


@misconception(asks="Which id does the padding have in this vocabulary?")
def padding_is_zero(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """Padding has id 0, whatever the vocabulary says."""
    batch = sound(texts, vocab, max_len, side)
    return {**batch, "input_ids": batch["input_ids"].masked_fill(batch["attention_mask"] == 0, 0)}


@misconception(asks="Can a real word have the id that you take for padding?")
def mask_from_zeros(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """The mask is `ids != 0`: a word with that id is not seen, and padding with another id is."""
    batch = sound(texts, vocab, max_len, side)
    return {**batch, "attention_mask": (batch["input_ids"] != 0).long()}


@misconception(asks="Does a word have the same id here as when the model was pretrained?")
def vocabulary_of_the_texts(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """The vocabulary is built again from the texts at hand."""
    words = sorted({word for text in texts for word in re.findall(r"\w+|[^\w\s]+", text.lower())})
    own = {word: place for place, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    return sound(texts, own, max_len, side)


@misconception(asks="On which side does the padding go if side says left?")
def always_on_the_right(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """The padding is on the right, whatever is asked for."""
    return sound(texts, vocab, max_len)


@misconception(asks="When the ids move to the right, what has to move with them?")
def mask_stays_on_the_right(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """The ids are padded on the left, the mask on the right."""
    right = sound(texts, vocab, max_len)
    return {**right, "input_ids": sound(texts, vocab, max_len, side)["input_ids"]}


@misconception(asks="Does the vocabulary have words with capital letters?")
def capitals_are_unknown(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """The words are looked up as they are written: those with a capital letter are unknown."""
    known = [
        " ".join(word if word == word.lower() else "\x00" for word in re.findall(r"\w+|[^\w\s]+", text))
        for text in texts
    ]
    return sound(known, vocab, max_len, side)


@misconception(asks="Is a comma part of the word before it?")
def split_at_spaces(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """`text.split()`: marks stick to the words, and make them unknown."""
    known = [" ".join(w if w in vocab else "\x00" for w in text.lower().split()) for text in texts]
    return sound(known, vocab, max_len, side)


@misconception(asks="How long is the longest text of this batch?")
def padded_to_max_len(texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right") -> Batch:
    """Every row has max_len positions, needed or not."""
    batch = sound(texts, vocab, max_len, side)
    missing = max_len - batch["input_ids"].shape[1]
    pad = (0, missing) if side == "right" else (missing, 0)
    ids = torch.nn.functional.pad(batch["input_ids"], pad, value=vocab["[PAD]"])
    return {"input_ids": ids, "attention_mask": torch.nn.functional.pad(batch["attention_mask"], pad)}
