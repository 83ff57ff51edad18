"""Texts as a language model reads them: word ids and a mask, padded to the longest text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor


def encode_batch(
    texts: Sequence[str], vocab: Mapping[str, int], max_len: int, side: str = "right"
) -> dict[str, Tensor]:
    """Word ids and the mask of some texts, int64, both (number of texts, length of the longest).

    Args:
        texts: the texts as people write them.
        vocab: the id of every word that the model knows, in lower case, and of [PAD], [UNK], [CLS] and [SEP].
        max_len: a text has at most so many ids, special words included.
        side: "right" or "left", where the padding goes.
    """
    # 1. split each text into words: re.findall(r"\w+|[^\w\s]+", text.lower())
    # 2. look up the ids; an unknown word is [UNK]. Cut so that [CLS] and [SEP] have room
    # 3. pad to the longest text, on the side that is asked for
    # 4. the mask comes from the lengths
    ### BEGIN SOLUTION
    rows = []
    for text in texts:
        words = re.findall(r"\w+|[^\w\s]+", text.lower())[: max_len - 2]
        rows.append([vocab[word] if word in vocab else vocab["[UNK]"] for word in ["[CLS]", *words, "[SEP]"]])
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), vocab["[PAD]"])
    mask = torch.zeros(len(rows), longest, dtype=torch.int64)
    for at, row in enumerate(rows):
        where = slice(0, len(row)) if side == "right" else slice(longest - len(row), longest)
        ids[at, where] = torch.tensor(row)
        mask[at, where] = 1
    return {"input_ids": ids, "attention_mask": mask}
    ### END SOLUTION
