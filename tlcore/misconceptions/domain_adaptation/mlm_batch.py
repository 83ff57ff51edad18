"""Wrong ideas about `mlm_batch`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from tlcore.misconceptions.registry import misconception

Pair = tuple[Tensor, Tensor]


def _chosen(ids: Tensor, special: Sequence[int], p: float, gen: torch.Generator | None) -> Tensor:
    return ~torch.isin(ids, torch.tensor(special)) & (torch.rand(ids.shape, generator=gen) < p)


@misconception(asks="At how many positions does your loss look? What is there to predict where nothing is hidden?")
def loss_on_every_token(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """The labels are the ids everywhere."""
    return ids.masked_fill(_chosen(ids, special, p, gen), mask_id), ids.clone()


@misconception(asks="Padding needs no label. And a word that the input shows, does it need one?")
def loss_on_every_word(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """Only special ids are left out of the loss."""
    labels = ids.masked_fill(torch.isin(ids, torch.tensor(special)), -100)
    return ids.masked_fill(_chosen(ids, special, p, gen), mask_id), labels


@misconception(asks="What can a model learn from guessing which padding was hidden?")
def special_ids_masked(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """Any position may be chosen."""
    chosen = torch.rand(ids.shape, generator=gen) < p
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)


@misconception(asks="What does your label say at a masked position: the word, or that it was masked?")
def labels_masked_too(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """The labels are made from the masked inputs."""
    chosen = _chosen(ids, special, p, gen)
    inputs = ids.masked_fill(chosen, mask_id)
    return inputs, inputs.masked_fill(~chosen, -100)


@misconception(asks="Print `ids` before and after the call. Who needs them again in the next epoch?")
def ids_written_over(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """The mask is written into the ids themselves."""
    chosen = _chosen(ids, special, p, gen)
    labels = ids.masked_fill(~chosen, -100)
    return ids.masked_fill_(chosen, mask_id), labels


@misconception(asks="Call it twice with one generator. How many different masks does a headline get in ten epochs?")
def one_mask_for_ever(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """A generator of its own, seeded anew each time."""
    chosen = _chosen(ids, special, p, torch.Generator().manual_seed(0))
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)


@misconception(asks="Where do your random numbers come from? Would the same `gen` give the same batch again?")
def generator_ignored(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """Random numbers of the whole process instead of the generator."""
    chosen = _chosen(ids, special, p, None)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)


@misconception(asks="With p = 0.15, is a word hidden in one case of seven, or shown?")
def kept_with_probability_p(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """A word is kept with probability p, and masked otherwise."""
    chosen = _chosen(ids, special, 1 - p, gen)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)


@misconception(asks="Compare two rows of your mask. Are the same columns hidden in every headline?")
def one_mask_for_all_rows(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """One row of random numbers for the whole batch."""
    columns = torch.rand(ids.shape[1], generator=gen) < p
    chosen = ~torch.isin(ids, torch.tensor(special)) & columns
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)


@misconception(asks="Which positions does -100 leave out of the loss: those that are hidden, or all others?")
def labels_of_the_shown(ids: Tensor, special: Sequence[int], mask_id: int, p: float, gen: torch.Generator) -> Pair:
    """-100 at the masked positions, the words at all others."""
    chosen = _chosen(ids, special, p, gen)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(chosen, -100)
