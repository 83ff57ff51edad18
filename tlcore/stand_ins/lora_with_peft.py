"""Sound parts of notebook 05: a configuration for the attention of text classifiers, a training without losses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn


def make_config(model: nn.Module, r: int, alpha: Any, where: str) -> Any:
    """LoRA for the attention of a text classifier, whatever `where` says. Raises ValueError for other models."""
    from peft import LoraConfig

    if not type(model).__name__.endswith("ForSequenceClassification"):
        raise ValueError("the stand-in knows the text classifiers of this notebook only")
    names = ["query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"]
    return LoraConfig(r=r, lora_alpha=alpha, target_modules=names, task_type="SEQ_CLS")


def train_adapter(model: nn.Module, data: Iterable[dict[str, Any]], cfg: Any) -> tuple[nn.Module, list[float]]:
    """Wrap and train with Adam, whatever optimizer is asked for; the losses are those of the first and last step."""
    from peft import get_peft_model

    with_peft = get_peft_model(model, cfg.lora)
    step = torch.optim.Adam([p for p in with_peft.parameters() if p.requires_grad], lr=cfg.lr)
    losses = []
    with_peft.train()
    for _ in range(cfg.epochs):
        for batch in data:
            step.zero_grad()
            loss = with_peft(**batch).loss
            loss.backward()
            step.step()
            losses.append(loss.item())
    return with_peft.eval(), [losses[0], losses[-1]]
