"""Wrong ideas about `make_regimes`."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.language_heads.make_regimes import make_regimes as sound
from tlcore.reference.language_heads.new_task_head import new_task_head

Models = dict[str, Any]


def _body(model: Any) -> Any:
    inner = model.get_base_model() if hasattr(model, "peft_config") else model
    return inner.base_model


def _blocks(model: Any) -> Any:
    body = _body(model)
    return body.encoder.layer if hasattr(body, "encoder") else body.h if hasattr(body, "h") else body.layers


def _with_weights_of(model: Any, base: Any) -> None:
    model.base_model.load_state_dict(base.base_model.state_dict(), strict=False)


@misconception(asks="How many different models are in your dict?")
def one_model_for_two_regimes(base: nn.Module, labels: Sequence[str]) -> Models:
    """`features` and `full` are one object; what was said last about it holds for both."""
    regimes = sound(base, labels)
    return {**regimes, "features": regimes["full"]}


@misconception(asks="Is the dict of a model's weights a copy of them?")
def bodies_are_shared(base: nn.Module, labels: Sequence[str]) -> Models:
    """Each regime has a head of its own on one body."""
    regimes = sound(base, labels)
    for name in ("features", "partial"):
        setattr(regimes[name], regimes[name].base_model_prefix, regimes["full"].base_model)
    return regimes


@misconception(asks="If two regimes begin with two heads, what does their difference tell you?")
def every_regime_draws_its_head(base: nn.Module, labels: Sequence[str]) -> Models:
    """`new_task_head` is called for each regime anew."""
    regimes = sound(base, labels)
    for model in regimes.values():
        other: Any = new_task_head(base, labels)
        for path, p in model.named_parameters():
            if p.ndim > 1 and (".classifier." in f".{path}" or ".score." in f".{path}"):
                p.data.copy_(getattr(other, "classifier" if "classifier" in path else "score").weight.data)
    return regimes


@misconception(asks="What is the product of the two factors of an update before any training?")
def update_starts_at_random(base: nn.Module, labels: Sequence[str]) -> Models:
    """Both factors of the update are random, so that the adapted model starts elsewhere."""
    regimes = sound(base, labels)
    for name, p in regimes["lora"].named_parameters():
        if "lora_B" in name:
            nn.init.normal_(p, std=0.5)
    return regimes


@misconception(asks="Is the pooler part of the head?")
def pooler_learns_with_the_head(base: nn.Module, labels: Sequence[str]) -> Models:
    """BERT's pooler learns in the regimes that should train the head only."""
    regimes = sound(base, labels)
    for name in ("features", "random"):
        if getattr(regimes[name].base_model, "pooler", None) is not None:
            regimes[name].base_model.pooler.requires_grad_(True)
    return regimes


@misconception(asks="From which weights does a model start that was never pretrained?")
def scratch_is_pretrained(base: nn.Module, labels: Sequence[str]) -> Models:
    """`scratch` is a second `full`: it keeps the pretrained weights."""
    regimes = sound(base, labels)
    return {**regimes, "scratch": copy.deepcopy(regimes["full"])}


@misconception(asks="Are the word vectors pretrained, too?")
def random_but_for_the_embeddings(base: nn.Module, labels: Sequence[str]) -> Models:
    """The blocks are random, the embeddings are those of the base."""
    regimes = sound(base, labels)
    for name in ("scratch", "random"):
        mine, theirs = regimes[name].get_input_embeddings(), base.get_input_embeddings()  # type: ignore[operator]
        mine.weight.data.copy_(theirs.weight.data)
    return regimes


@misconception(asks="Which part of the model does `full` leave out?")
def embeddings_frozen_in_full(base: nn.Module, labels: Sequence[str]) -> Models:
    """The embeddings do not learn, in `full` and in `scratch`."""
    regimes = sound(base, labels)
    for name in ["full", "scratch"]:
        regimes[name].get_input_embeddings().requires_grad_(False)
    return regimes


@misconception(asks="Which block sees the words first, and which one comes just below the head?")
def first_block_instead_of_the_last(base: nn.Module, labels: Sequence[str]) -> Models:
    """In `partial`, the first block learns."""
    regimes = sound(base, labels)
    blocks = _blocks(regimes["partial"])
    blocks[-1].requires_grad_(False)
    blocks[0].requires_grad_(True)
    return regimes


@misconception(asks="What stands between the last block and the head?")
def what_comes_after_the_block_is_frozen(base: nn.Module, labels: Sequence[str]) -> Models:
    """In `partial`, the pooler or the last norm stays frozen."""
    regimes = sound(base, labels)
    body = _body(regimes["partial"])
    for name in ("pooler", "ln_f", "norm"):
        if getattr(body, name, None) is not None:
            getattr(body, name).requires_grad_(False)
    return regimes


@misconception(asks="Who keeps the head from learning in the adapted model?")
def head_frozen_under_lora(base: nn.Module, labels: Sequence[str]) -> Models:
    """Only the factors learn; the head stays as random as it is."""
    regimes = sound(base, labels)
    for name, p in regimes["lora"].named_parameters():
        if ".classifier." in f".{name}" or ".score." in f".{name}":
            p.requires_grad_(False)
    return regimes


@misconception(asks="Do the two random models start from the same random weights?")
def two_draws_of_random_weights(base: nn.Module, labels: Sequence[str]) -> Models:
    """`scratch` and `random` are drawn separately."""
    regimes = sound(base, labels)
    with torch.no_grad():
        for p in regimes["random"].base_model.parameters():
            if p.ndim > 1:
                p.copy_(p.flatten()[torch.randperm(p.numel())].view_as(p))
    return regimes


@misconception(asks="What can learn in a body of random weights that stands for the pretrained one?")
def random_learns_too(base: nn.Module, labels: Sequence[str]) -> Models:
    """`random` is not frozen: it is a second `scratch`."""
    regimes = sound(base, labels)
    return {**regimes, "random": regimes["random"].requires_grad_(True)}


@misconception(asks="What did PEFT do to the model that you gave it?")
def lora_around_the_model_of_full(base: nn.Module, labels: Sequence[str]) -> Models:
    """The model of `full` is wrapped as well: PEFT freezes it and puts its layers into it."""
    regimes = sound(base, labels)
    return {**regimes, "full": regimes["lora"].get_base_model()}


@misconception(asks="Is the head that you put into the random model a copy?")
def one_head_object(base: nn.Module, labels: Sequence[str]) -> Models:
    """`full` and `scratch` have one head: when one learns, the other changes."""
    regimes = sound(base, labels)
    head = "classifier" if hasattr(regimes["full"], "classifier") else "score"
    setattr(regimes["scratch"], head, getattr(regimes["full"], head))
    return regimes
