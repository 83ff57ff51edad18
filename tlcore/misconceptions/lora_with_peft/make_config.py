"""Wrong ideas about `make_config`."""

from __future__ import annotations

from typing import Any

from peft import LoraConfig
from torch import nn
from transformers.pytorch_utils import Conv1D

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_with_peft.make_config import make_config as sound


def _changed(model: nn.Module, r: int, alpha: Any, where: str, **changes: Any) -> LoraConfig:
    """The right configuration with some settings changed."""
    config = sound(model, r, alpha, where)
    for name, value in changes.items():
        setattr(config, name, value)
    return config


def _ending(paths: Any, *names: str) -> set[str]:
    return {path for path in paths if path.split(".")[-1] in names}


@misconception(asks="Which attention layers does the model in your hands have, if you print it?")
def names_of_a_tutorial(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """`query` and `value` for BERT, `q_proj` and `v_proj` for everything else."""
    names = ["query", "value"] if type(model).__name__.startswith("Bert") else ["q_proj", "v_proj"]
    if where == "all":
        return sound(model, r, alpha, where)
    return _changed(model, r, alpha, where, target_modules=set(names))


@misconception(asks="An attention block asks, is asked, and answers. How many projections are that?")
def keys_forgotten(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """Queries and values only, under the right names."""
    if where == "all":
        return sound(model, r, alpha, where)
    targets: Any = sound(model, r, alpha, where).target_modules
    return _changed(
        model, r, alpha, where, target_modules=_ending(targets, "query", "value", "q_proj", "v_proj", "c_attn")
    )


@misconception(asks="Which of the two numbers is the rank?")
def r_and_alpha_swapped(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """r and alpha change places."""
    return sound(model, round(alpha) or 1, r, where)


@misconception(asks="PEFT divides by r by itself. What do you pass on?")
def alpha_times_r(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """`lora_alpha` is alpha * r, so that the scale is alpha."""
    return sound(model, r, alpha * r, where)


@misconception(asks="What does the scale of this method divide by, r or its square root?")
def rank_stabilised(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """rsLoRA: alpha / sqrt(r)."""
    return _changed(model, r, alpha, where, use_rslora=True)


@misconception(asks="Where does the body end? Does all-linear know that?")
def all_linear_and_no_task(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """ "all-linear" without a task: the head of a classifier gets an update and is frozen underneath."""
    if where == "attention":
        return sound(model, r, alpha, where)
    return LoraConfig(r=r, lora_alpha=alpha, target_modules="all-linear")


@misconception(asks="Which other layers of the model have paths that end so?")
def ends_that_fit_the_head(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """The ends of the body's paths, which fit a layer in the head of a language model, too."""
    targets: Any = sound(model, r, alpha, where).target_modules
    return _changed(model, r, alpha, where, target_modules={path.split(".")[-1] for path in targets})


@misconception(asks="The head is new and random. Who trains it?")
def head_frozen(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """Neither a task nor `modules_to_save`: the head stays as random as it is."""
    return _changed(model, r, alpha, where, modules_to_save=None, task_type=None)


@misconception(asks="Does the last block have attention, too?")
def half_the_layers(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """The first half of the blocks only."""
    targets: Any = sound(model, r, alpha, where).target_modules
    depth = len({part for path in targets for part in path.split(".") if part.isdigit()})
    kept = {path for path in targets if not any(int(p) >= depth / 2 for p in path.split(".") if p.isdigit())}
    return _changed(model, r, alpha, where, target_modules=kept)


@misconception(asks="Which layers make queries, keys and values, and which one comes after them?")
def output_of_attention_too(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """Every linear layer of the attention block, its output included."""
    if where == "all":
        return sound(model, r, alpha, where)
    every: Any = sound(model, r, alpha, "all").target_modules
    found = {path for path in every if any(part in path for part in ("attention.", "attn."))}
    return _changed(model, r, alpha, where, target_modules=found)


@misconception(asks="What class are the layers of GPT-2? Is it nn.Linear?")
def only_nn_linear(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """`isinstance(part, nn.Linear)`: GPT-2's layers are another class."""
    targets: Any = sound(model, r, alpha, where).target_modules
    kept = {path for path in targets if not isinstance(model.get_submodule(path), Conv1D)}
    return _changed(model, r, alpha, where, target_modules=kept)


@misconception(asks="A language model was pretrained with its head. Does the head need to be learned anew?")
def every_head_learns(model: nn.Module, r: int, alpha: Any, where: str) -> LoraConfig:
    """The heads of language models are trained and saved like those of classifiers."""
    heads = [name for name, _ in model.named_children() if name in ("classifier", "score", "lm_head", "cls")]
    return _changed(model, r, alpha, where, modules_to_save=heads)
