"""What the hidden tests of language heads need beside the answers; models come from the tools of lora with peft."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from . import tool


@tool
def language_precision(model: nn.Module, dtype: str) -> nn.Module:
    """The model in another precision."""
    return model.to(getattr(torch, dtype))


@tool
def language_setting(model: nn.Module, name: str, value: Any) -> nn.Module:
    """The model, with one entry of its config changed."""
    setattr(model.config, name, value)
    return model


@tool
def language_pin(
    model: nn.Module, head: torch.Tensor, bias: torch.Tensor, pooler: torch.Tensor | None = None
) -> nn.Module:
    """The model with a known head, and a known weight of BERT's pooler if that is given, so that what was drawn at
    random does not matter. All copies that PEFT has of a head are set."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            value = None
            if ".score." in f".{name}" or ".classifier." in f".{name}":
                value = head if parameter.ndim > 1 else bias
            elif pooler is not None and "pooler.dense" in name:
                value = pooler if parameter.ndim > 1 else torch.zeros_like(parameter)
            if value is not None:
                parameter.copy_(value)
    return model


@tool
def language_fill(model: nn.Module, width: float = 0.3) -> nn.Module:
    """The model with the factors of all its updates set to random numbers, in the order of their names."""
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if "lora_" in name:
                parameter.copy_(width * torch.randn(parameter.shape))
    return model


@tool
def language_load(model: nn.Module, state: dict[str, torch.Tensor]) -> nn.Module:
    """The model, with the parameters that `state` has under their names."""
    model.load_state_dict(state, strict=False)
    return model


@tool
def language_head(model: nn.Module) -> torch.Tensor:
    """The weight of a classifier's head."""
    return next(
        p.detach().clone()
        for name, p in model.named_parameters()
        if p.ndim > 1 and (".score." in f".{name}" or ".classifier." in f".{name}")
    )


@tool
def language_by_name(model: nn.Module, batch: dict[str, torch.Tensor], names: list[str]) -> list[torch.Tensor]:
    """The logits with their columns in the order of some class names: by what the config says in id2label, and by what
    it says in label2id. A name that is not there has a column of zeros."""
    model.eval()
    with torch.no_grad():
        logits = model(**batch).logits
    columns = torch.cat([logits, torch.zeros_like(logits[:, :1])], dim=1)
    config: Any = model.config
    by_id: dict[Any, int] = {name: int(i) for i, name in config.id2label.items()}
    by_name: dict[Any, Any] = config.label2id
    found = []
    for ids in (by_id, by_name):
        at = [int(ids.get(name, -1)) for name in names]
        found.append(columns[:, [i if 0 <= i < logits.shape[1] else -1 for i in at]])
    return found


@tool
def language_loss(model: nn.Module, batch: dict[str, torch.Tensor], labels: torch.Tensor) -> torch.Tensor:
    """The model's own loss, and its gradient for the head, as one row of numbers."""
    model.eval()
    head = next(p for name, p in model.named_parameters() if p.ndim > 1 and ("score" in name or "classifier" in name))
    loss = model(**batch, labels=labels).loss
    gradient = torch.autograd.grad(loss, head)[0]
    return torch.cat([loss.detach().reshape(1), gradient.flatten()])


@tool
def language_train(
    model: nn.Module, batch: dict[str, torch.Tensor], labels: torch.Tensor, steps: int = 3, lr: float = 0.1
) -> nn.Module:
    """Train what can learn for some steps of SGD on one batch, in eval mode."""
    learn = [p for p in model.parameters() if p.requires_grad]
    step = torch.optim.SGD(learn, lr=lr) if learn else None
    for _ in range(steps if step else 0):
        loss = nn.functional.cross_entropy(model.eval()(**batch).logits, labels)
        step.zero_grad()  # type: ignore[union-attr]
        loss.backward()
        step.step()  # type: ignore[union-attr]
    return model


@tool
def language_spread(model: nn.Module) -> dict[str, torch.Tensor]:
    """The standard deviation of every matrix of the body, by its name."""
    body: Any = model.base_model
    return {name: p.detach().float().std().reshape(1) for name, p in body.named_parameters() if p.ndim > 1}
