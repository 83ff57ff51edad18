"""Adapt a classifier with PEFT, keep what was trained in a folder, and build the adapted model again from it."""

from __future__ import annotations

import copy
from collections.abc import Callable

from peft import PeftModel, get_peft_model
from torch import nn

from tlcore.reference.lora_with_peft.make_config import make_config


def adapt_and_save(base: nn.Module, path: str, train: Callable[[nn.Module], object]) -> nn.Module:
    """Adapt a copy of `base` with LoRA, train it, and save what was trained into the folder `path`.

    Returns the trained model. `base` stays as it is.
    """
    # 1. a configuration whose head is trained and saved, for instance make_config(base, 4, 8, "attention")
    # 2. wrap a copy: PEFT changes the model that it is given
    # 3. train, then save, then return the trained model
    ### BEGIN SOLUTION
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
    train(model)
    model.save_pretrained(path)
    return model
    ### END SOLUTION


def restore(base: nn.Module, path: str) -> nn.Module:
    """The adapted model again, from a fresh base and the folder. `base` stays as it is."""
    # 4. load the folder around a copy of this base
    ### BEGIN SOLUTION
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
    ### END SOLUTION
