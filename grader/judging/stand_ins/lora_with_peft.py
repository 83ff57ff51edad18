"""A configuration for the questions after the first one, for a learner whose own is not right yet."""

from __future__ import annotations

from typing import Any

from peft import LoraConfig
from torch import nn


def make_config(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """LoRA for the attention of a text classifier, whatever `where` says; the head learns as a whole."""
    names = ["query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"]
    return LoraConfig(r=r, lora_alpha=alpha, target_modules=names, task_type="SEQ_CLS")


__all__ = ["make_config"]
"""Questions that ask for an adapted classifier are judged with it."""
