"""Wrong ideas about `sentence_features`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tlcore.misconceptions.registry import misconception
from tlcore.reference.language_heads.sentence_features import sentence_features as sound


@torch.no_grad()
def _hidden(model: Any, batch: dict[str, Tensor]) -> Tensor:
    """Last hidden states as they should be, (texts, positions, width)."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    mask = batch["attention_mask"]
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    told = model.base_model(input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions)
    for part, training in modes:
        part.training = training
    return told.last_hidden_state


@misconception(asks="Are there positions in the mean that belong to no text?")
def mean_over_padding(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """`hidden.mean(1)`: the padding counts."""
    return sound(model, batch, how) if how == "last" else _hidden(model, batch).mean(1)


@misconception(asks="By which number do you divide the sum, if a text is shorter than the batch?")
def divided_by_the_width_of_the_batch(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """The padding is left out of the sum and counted in the divisor."""
    share = batch["attention_mask"].double().mean(1, keepdim=True)
    found = sound(model, batch, how)
    return found if how == "last" else found * share.to(found.dtype)


@misconception(asks="Was the pooler of this model pretrained?")
def output_of_the_pooler(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """`pooler_output` where there is a pooler, random or not."""
    pooler = getattr(model.base_model, "pooler", None)
    return sound(model, batch, how) if pooler is None else pooler(_hidden(model, batch)).detach()


@misconception(asks="If you ask twice, do you get the same features?")
@torch.no_grad()
def dropout_left_on(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """The model is asked in the mode in which it happens to be."""
    mask = batch["attention_mask"]
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    hidden = model.base_model(input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions)[0]
    if how == "last":
        return hidden[torch.arange(len(hidden)), (mask * torch.arange(mask.shape[1])).argmax(1)]
    return (hidden * mask.unsqueeze(-1).to(hidden.dtype)).sum(1) / mask.sum(1, keepdim=True).to(hidden.dtype)


@misconception(asks="In which mode was the model before you asked, and in which one is it now?")
def left_in_eval_mode(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """`model.eval()`, and nobody puts it back."""
    model.eval()
    return sound(model, batch, how)


@misconception(asks="What stands at the last position of the shorter texts?")
def last_position_of_the_batch(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """`hidden[:, -1]`: right if the padding is on the left, padding otherwise."""
    return _hidden(model, batch)[:, -1] if how == "last" else sound(model, batch, how)


@misconception(asks="Is the number of words the place of the last one, if the padding is in front?")
def length_is_the_place(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """`mask.sum(1) - 1` is the last position: right only if the padding is on the right."""
    if how == "mean":
        return sound(model, batch, how)
    return _hidden(model, batch)[torch.arange(len(batch["input_ids"])), batch["attention_mask"].sum(1) - 1]


@misconception(asks="What number does the model give to the first word, if three pads stand before it?")
@torch.no_grad()
def positions_count_the_padding(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """No `position_ids`: the model counts from the left edge."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    mask = batch["attention_mask"]
    hidden = model.base_model(input_ids=batch["input_ids"], attention_mask=mask).last_hidden_state
    for part, training in modes:
        part.training = training
    if how == "last":
        return hidden[torch.arange(len(hidden)), (mask * torch.arange(mask.shape[1])).argmax(1)]
    return (hidden * mask.unsqueeze(-1).to(hidden.dtype)).sum(1) / mask.sum(1, keepdim=True).to(hidden.dtype)


@misconception(asks="Does the text say that the special words do not count?")
def without_special_words(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """The first and the last position of each text are left out of the mean."""
    if how == "last":
        return sound(model, batch, how)
    mask = batch["attention_mask"]
    place = mask.cumsum(1)
    inner = mask * (place > 1) * (place < place[:, -1:])
    hidden = _hidden(model, batch)
    return (hidden * inner.unsqueeze(-1).to(hidden.dtype)).sum(1) / inner.sum(1, keepdim=True).clamp(min=1)


@misconception(asks="Do the words of one text see the padding of another one?")
@torch.no_grad()
def mask_not_given_to_the_model(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """The mask is used for the mean only: inside, every word looks at the padding."""
    real = batch["attention_mask"]
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    positions = (real.cumsum(1) - 1).clamp(min=0)
    hidden = model.base_model(input_ids=batch["input_ids"], position_ids=positions).last_hidden_state
    for part, training in modes:
        part.training = training
    if how == "last":
        return hidden[torch.arange(len(hidden)), (real * torch.arange(real.shape[1])).argmax(1)]
    return (hidden * real.unsqueeze(-1).to(hidden.dtype)).sum(1) / real.sum(1, keepdim=True).to(hidden.dtype)
