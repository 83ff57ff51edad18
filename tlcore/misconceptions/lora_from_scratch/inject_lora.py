"""Wrong ideas about `inject_lora`."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from torch import nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_from_scratch.inject_lora import inject_lora as sound_inject_lora
from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear


def _wrap(model: nn.Module, paths: list[str], r: int, alpha: float) -> list[str]:
    for path in paths:
        model.set_submodule(path, LoRALinear(model.get_submodule(path), r, alpha))  # type: ignore[arg-type]
    return paths


def _linears(model: nn.Module) -> list[str]:
    return [path for path, module in model.named_modules() if isinstance(module, nn.Linear)]


@misconception(asks="`named_children` shows one floor of the house. Where do the attention layers live?")
def top_level_only(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Looks at the direct children of the model."""
    found = [name for name, child in model.named_children() if isinstance(child, nn.Linear)]
    return _wrap(model, [name for name in found if name in targets], r, alpha)


@misconception(asks="Which other paths of the model contain the letters of a target?")
def any_path_with_the_letters(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """A substring of the path is enough: other layers, and on a second call the base inside the wrapper."""
    return _wrap(model, [path for path in _linears(model) if any(target in path for target in targets)], r, alpha)


@misconception(asks="After the first call a target holds a layer of its own. What does the second call see?")
def wraps_its_own_layers(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Every linear layer at or under a target: the second call wraps the base inside the wrapper."""
    paths = [path for path in _linears(model) if set(path.split(".")) & set(targets)]
    return _wrap(model, paths, r, alpha)


@misconception(asks="Which layers did the caller not name, and what is the head for?")
def the_head_too(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Every linear layer that is not wrapped yet, the head included."""
    done = [path + "." for path, module in model.named_modules() if isinstance(module, LoRALinear)]
    return _wrap(model, [path for path in _linears(model) if not path.startswith(tuple(done))], r, alpha)


@misconception(asks="Whose layers did you replace: those of the caller's model?")
def wraps_a_copy(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """The caller's model stays as it was."""
    return sound_inject_lora(copy.deepcopy(model), targets, r, alpha)


@misconception(asks="What did the caller freeze, and is it still frozen after your function?")
def thaws_what_it_wraps(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Everything in a new layer learns, its base as well."""
    paths = sound_inject_lora(model, targets, r, alpha)
    for path in paths:
        model.get_submodule(path).requires_grad_(True)
    return paths


@misconception(asks="What does your code make of the target `self_attn.q_proj`, which has a dot?")
def last_name_only(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Compares the last name of the path: targets with a dot mean nothing."""
    return _wrap(model, [path for path in _linears(model) if path.rpartition(".")[2] in targets], r, alpha)


@misconception(asks="Does `my_q_proj` end with `q_proj`? Is it meant?")
def endswith_without_a_dot(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """`path.endswith(target)`: layers whose names only end alike are wrapped, too."""
    return _wrap(model, [path for path in _linears(model) if path.endswith(tuple(targets))], r, alpha)


@misconception(asks="Is there a dot in front of a name at the top of the model?")
def nothing_at_the_top(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """`path.endswith("." + target)`: a layer at the top, whose path is the target, is not found."""
    endings = tuple(f".{target}" for target in targets)
    return _wrap(model, [path for path in _linears(model) if path.endswith(endings)], r, alpha)


@misconception(asks="What could learn before the call, the head for example, and can it still?")
def freezes_the_model(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Freezes everything first: what was learning, such as the head, no longer does."""
    model.requires_grad_(False)
    return sound_inject_lora(model, targets, r, alpha)


@misconception(asks="Your function should return the paths. What does yours return?")
def returns_the_model(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> nn.Module:
    """Returns the model in place of the paths."""
    sound_inject_lora(model, targets, r, alpha)
    return model


@misconception(asks="What does a call without `return` give back?")
def returns_nothing(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> None:
    """The `return` is forgotten."""
    sound_inject_lora(model, targets, r, alpha)
