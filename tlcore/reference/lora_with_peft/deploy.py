"""An adapted model as a plain one, at no extra cost."""

from __future__ import annotations

import copy
from typing import Any

from peft import PeftModel
from torch import nn


def deploy(model: PeftModel) -> nn.Module:
    """A model of transformers with the adapter in its weights, in eval mode; `model` stays as it is."""
    # 1. work on a copy
    # 2. is a layer with an update tied to another one? give it a weight of its own, and say so in the config
    # 3. merge and unload
    ### BEGIN SOLUTION
    merged: Any = copy.deepcopy(model)
    table = merged.get_input_embeddings().weight if hasattr(merged.config, "vocab_size") else None
    for part in merged.modules():
        layer = getattr(part, "base_layer", None)
        if layer is not None and layer.weight is table:
            layer.weight = nn.Parameter(table.detach().clone())
            merged.base_model.model.config.tie_word_embeddings = False
    return merged.merge_and_unload().eval()
    ### END SOLUTION
