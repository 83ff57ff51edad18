"""Continued pre-training: a batch for a masked language model."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def mlm_batch(
    ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Inputs in which some words are masked, and labels that ask for these words alone.

    Args:
        ids: (N, T) int64 word ids, left as they are.
        special: ids that are never masked, such as padding.
        mask_id: what stands in the place of a masked word.
        p: probability with which a word is masked.
        gen: decides which words.

    Returns:
        Inputs (N, T) and labels (N, T), int64. Labels are -100, which a loss ignores, where nothing is masked.

    Source: Devlin et al. 2019, "BERT", section 3.1, without the 80/10/10 rule.
    """
    # 1. which positions hold a word, and no special id?
    # 2. choose among them, each with probability p
    # 3. inputs: the mask where chosen; labels: -100 where not chosen
    ### BEGIN SOLUTION
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=gen) < p)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)
    ### END SOLUTION
