"""Wrong ideas about `train_adapter`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from peft import get_peft_model
from torch import nn

from tlcore.misconceptions.registry import misconception

Data = Iterable[dict[str, Any]]
Answer = tuple[nn.Module, list[float]]


def _wrapped(model: nn.Module, cfg: Any) -> nn.Module:
    torch.manual_seed(cfg.seed)
    return get_peft_model(model, cfg.lora)


def _trained(model: nn.Module, data: Data, cfg: Any, epochs: int = 0, mode: bool = True, zero: bool = True) -> Answer:
    optimizer = cfg.optimizer([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    losses = []
    model.train(mode)
    for _ in range(epochs or cfg.epochs):
        for batch in data:
            loss = model(**batch).loss
            if zero:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model.eval(), losses


@misconception(asks="When was the optimizer made, and which tensors were there to be given to it?")
def optimizer_before_wrapping(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """The optimizer holds the base's parameters, which are frozen afterwards; factors and head are not in it."""
    torch.manual_seed(cfg.seed)
    optimizer = cfg.optimizer(model.parameters(), lr=cfg.lr)
    model = get_peft_model(model, cfg.lora)
    losses = []
    model.train()
    for _ in range(cfg.epochs):
        for batch in data:
            loss = model(**batch).loss
            model.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model.eval(), losses


@misconception(asks="Which mode does dropout need in order to work?")
def eval_mode_all_along(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """The model is never put into train mode."""
    return _trained(_wrapped(model, cfg), data, cfg, mode=False)


@misconception(asks="Who froze the base, and did you undo it?")
def base_unfrozen(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """Everything can learn."""
    return _trained(_wrapped(model, cfg).requires_grad_(True), data, cfg)


@misconception(asks="How does the model know which words are padding?")
def no_attention_mask(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """Only the words and the labels are passed on."""
    short = [{name: batch[name] for name in ("input_ids", "labels")} for batch in data]
    return _trained(_wrapped(model, cfg), short, cfg)


@misconception(asks="Which learning rate was asked for? Is one for full fine-tuning large enough for LoRA?")
def rate_of_full_fine_tuning(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """5e-5, whatever the settings say."""
    wrapped = _wrapped(model, cfg)
    rate, cfg.lr = cfg.lr, 5e-5
    try:
        return _trained(wrapped, data, cfg)
    finally:
        cfg.lr = rate


@misconception(asks="Which words should the model predict? Do the labels say so?")
def labels_made_anew(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """A language model's labels are its words, padding and question included."""
    causal = cfg.lora.task_type == "CAUSAL_LM"
    changed = [{**batch, "labels": batch["input_ids"]} if causal else batch for batch in data]
    return _trained(_wrapped(model, cfg), changed, cfg)


@misconception(asks="What is left in .grad from the step before?")
def gradients_add_up(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """Gradients are never set to zero."""
    return _trained(_wrapped(model, cfg), data, cfg, zero=False)


@misconception(asks="How often are the batches gone through?")
def one_epoch(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """The number of epochs is ignored."""
    return _trained(_wrapped(model, cfg), data, cfg, epochs=1)


@misconception(asks="In which mode is the model that you return?")
def left_in_train_mode(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """The returned model drops out."""
    model, losses = _trained(_wrapped(model, cfg), data, cfg)
    return model.train(), losses


@misconception(asks="Which random numbers come before training? Is the seed set by then?")
def seed_after_wrapping(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """A has been drawn when the seed is set."""
    wrapped = get_peft_model(model, cfg.lora)
    torch.manual_seed(cfg.seed)
    return _trained(wrapped, data, cfg)


@misconception(asks="Of the new head and the factors, which parts did the optimizer get?")
def only_the_factors(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """Everything whose name lacks `lora_` is frozen, the new head as well."""
    wrapped = _wrapped(model, cfg)
    for name, parameter in wrapped.named_parameters():
        parameter.requires_grad = "lora_" in name
    return _trained(wrapped, data, cfg)


@misconception(asks="What does a loader that shuffles give when it is gone through a second time?")
def batches_listed_once(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """The batches are put into a list before the first epoch: each epoch has the order of the first."""
    return _trained(_wrapped(model, cfg), list(data), cfg)


@misconception(asks="In which mode is the model when the second epoch begins?")
def eval_mode_after_an_epoch(model: nn.Module, data: Data, cfg: Any) -> Answer:
    """The model is in train mode for the first epoch only."""
    wrapped = _wrapped(model, cfg)
    optimizer = cfg.optimizer([p for p in wrapped.parameters() if p.requires_grad], lr=cfg.lr)
    losses = []
    wrapped.train()
    for _ in range(cfg.epochs):
        for batch in data:
            loss = wrapped(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        wrapped.eval()
    return wrapped, losses
