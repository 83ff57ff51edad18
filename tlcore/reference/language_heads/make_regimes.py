"""One pretrained model and one task: six models that differ in what is pretrained and in what can learn."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from peft import get_peft_model
from torch import nn
from transformers import AutoModelForSequenceClassification

from tlcore.reference.language_heads.new_task_head import new_task_head
from tlcore.stand_ins import make_config


def make_regimes(base: nn.Module, labels: Sequence[str]) -> dict[str, Any]:
    """Six classifiers for `labels` by the name of their regime, in eval mode; `base` stays as it is.

    "features", "partial", "lora" and "full" start from the body of `base`, "scratch" and "random" from random weights.
    All have the same new head.
    """
    # 1. one pretrained classifier, and one with random weights: AutoModelForSequenceClassification.from_config
    # 2. the same head for both
    # 3. a copy for each regime, then say what can learn
    ### BEGIN SOLUTION
    pretrained = new_task_head(base, labels)
    untrained = AutoModelForSequenceClassification.from_config(pretrained.config).to(pretrained.dtype).eval()
    head = "classifier" if hasattr(pretrained, "classifier") else "score"
    setattr(untrained, head, copy.deepcopy(getattr(pretrained, head)))
    regimes = {
        name: copy.deepcopy(untrained if name in ("scratch", "random") else pretrained)
        for name in ("features", "partial", "lora", "full", "scratch", "random")
    }
    for name in ("features", "partial", "random"):
        regimes[name].base_model.requires_grad_(False)
    body = regimes["partial"].base_model
    blocks = body.encoder.layer if hasattr(body, "encoder") else body.h if hasattr(body, "h") else body.layers
    blocks[-1].requires_grad_(True)
    for after in ("pooler", "ln_f", "norm"):
        if hasattr(body, after):
            getattr(body, after).requires_grad_(True)
    regimes["lora"] = get_peft_model(regimes["lora"], make_config(regimes["lora"], 4, 8, "attention")).eval()
    return regimes
    ### END SOLUTION
