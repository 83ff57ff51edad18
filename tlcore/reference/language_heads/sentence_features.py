"""One vector for each text, from a pretrained language model, whatever the padding."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


@torch.no_grad()
def sentence_features(model: Any, batch: dict[str, Tensor], how: str = "mean") -> Tensor:
    """The last hidden states of the body as one vector for each text, (number of texts, width).

    Args:
        model: a language model or a classifier of transformers; it is left as it was.
        batch: `input_ids` and `attention_mask`, padded on either side; other entries are not used.
        how: "mean" over all positions that are no padding, or "last", the last one of them.
    """
    # 1. dropout off, and remember in which mode each part of the model was
    # 2. number the positions from the first word of each text on: with padding on the left it is not position 0
    # 3. the last hidden states of model.base_model, without head and pooler
    # 4. "mean": sum over the positions that the mask leaves, divided by their number. "last": where is it?
    # 5. put the modes back
    ### BEGIN SOLUTION
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    mask = batch["attention_mask"]
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    told = model.base_model(input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions)
    hidden = told.last_hidden_state
    for part, training in modes:
        part.training = training
    if how == "last":
        last = (mask * torch.arange(mask.shape[1])).argmax(1)
        return hidden[torch.arange(len(hidden)), last]
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)
    ### END SOLUTION
