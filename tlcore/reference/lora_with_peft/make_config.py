"""A LoRA configuration that fits the model: which layers, how strong, and what becomes of the head."""

from __future__ import annotations

from typing import Any

from peft import LoraConfig
from torch import nn
from transformers.pytorch_utils import Conv1D


def make_config(model: Any, r: int, alpha: Any, where: str) -> LoraConfig:
    """LoRA for the layers of the body that `where` means; a classifier's head learns as a whole.

    Args:
        model: a classifier or a language model of transformers; it is only read.
        r: the rank.
        alpha: the update is scaled by alpha / r.
        where: "attention" (queries, keys and values) or "all" (every linear layer of the body).
    """
    # 1. walk through the body, model.base_model, and collect the paths of the linear layers (GPT-2 has Conv1D instead)
    # 2. for "attention", keep those that make queries, keys and values
    # 3. put the body's own name in front: model.base_model_prefix
    # 4. which kind of model is it? a classifier's head must learn: find what its head is called
    ### BEGIN SOLUTION
    attention = ("query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn")
    layers = [path for path, part in model.base_model.named_modules() if isinstance(part, nn.Linear | Conv1D)]
    if where == "attention":
        layers = [path for path in layers if path.split(".")[-1] in attention]
    name = type(model).__name__
    task = "SEQ_CLS" if name.endswith("ForSequenceClassification") else None
    task = "CAUSAL_LM" if name.endswith(("ForCausalLM", "LMHeadModel")) else task
    heads = [head for head in ("classifier", "score") if hasattr(model, head)]
    return LoraConfig(
        r=r,
        lora_alpha=alpha,
        target_modules=[f"{model.base_model_prefix}.{path}" for path in layers],
        modules_to_save=heads or None,
        task_type=task,
    )
    ### END SOLUTION
