"""Wrong ideas about `what_changes`."""

from __future__ import annotations

from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.what_transfers.what_changes import what_changes

Setup = dict[str, Any]
BUFFERS = ("running_mean", "running_var", "num_batches_tracked")


def _buffers(setup: Setup, found: set[str]) -> set[str]:
    return {key for key in found if key.rpartition(".")[2] in BUFFERS}


def _with_layers(setup: Setup, **settings: Any) -> Setup:
    """The set-up with other settings in every layer."""
    return {**setup, "layers": [{**layer, **settings} for layer in setup["layers"]]}


@misconception(asks="What does a batch norm do with the mean of each batch in train mode?")
def buffers_stand_still(setup: Setup) -> set[str]:
    """Only what an optimizer holds is taken to change."""
    found = what_changes(setup)
    return found - _buffers(setup, found)


@misconception(asks="A batch norm has two running statistics. What is its third buffer?")
def counter_forgotten(setup: Setup) -> set[str]:
    """The number of batches is taken to stand still."""
    return {key for key in what_changes(setup) if not key.endswith("num_batches_tracked")}


@misconception(asks="Does `requires_grad = False` reach a tensor that never had a gradient?")
def frozen_statistics(setup: Setup) -> set[str]:
    """The statistics of a frozen batch norm are taken to stand still."""
    frozen = {layer["name"] for layer in setup["layers"] if layer["frozen"]}
    found = what_changes(setup)
    return found - {key for key in _buffers(setup, found) if key.rpartition(".")[0] in frozen}


@misconception(asks="Which layers do something else in eval mode? Do their parameters lose their gradients?")
def eval_stops_learning(setup: Setup) -> set[str]:
    """In eval mode nothing is taken to change."""
    still = {layer["name"] for layer in setup["layers"] if layer["mode"] == "eval"}
    return {key for key in what_changes(setup) if key.rpartition(".")[0] not in still}


@misconception(asks="Does a batch norm in eval mode look at the batch?")
def statistics_in_any_mode(setup: Setup) -> set[str]:
    """Running statistics are taken to move in eval mode too."""
    return what_changes(_with_layers(setup, mode="train"))


@misconception(asks="If two keys name one tensor, which of the two shows that it has moved?")
def shared_weight_once(setup: Setup) -> set[str]:
    """A shared weight is listed under its owner's key only."""
    shared = {f"{layer['name']}.weight" for layer in setup["layers"] if layer["weight_of"]}
    return what_changes(setup) - shared


@misconception(asks="The optimizer holds one of two layers that share a weight. Does it hold the weight?")
def sharing_not_seen(setup: Setup) -> set[str]:
    """Each of the two keys is taken for a tensor of its own."""
    return what_changes(_with_layers(setup, weight_of=None))


@misconception(asks="Who takes the step, and of which parameters has it been told?")
def optimizer_not_asked(setup: Setup) -> set[str]:
    """Everything that may learn is taken to move."""
    return what_changes({**setup, "optimizer": [layer["name"] for layer in setup["layers"]]})


@misconception(asks="What does a step do with a parameter that has no gradient?")
def held_is_enough(setup: Setup) -> set[str]:
    """What the optimizer holds is taken to move, frozen or not."""
    return what_changes(_with_layers(setup, frozen=False))


@misconception(asks="The body is frozen. Does that freeze the layer that was put on top of it?")
def head_frozen_too(setup: Setup) -> set[str]:
    """If anything is frozen, no parameter is taken to learn but the adapters."""
    if not any(layer["frozen"] for layer in setup["layers"]):
        return what_changes(setup)
    return what_changes(_with_layers(setup, frozen=True))


@misconception(asks="By what is the gradient of A multiplied, and what is that at the start?")
def both_factors_at_once(setup: Setup) -> set[str]:
    """A is taken to move in the first step."""
    return what_changes({**setup, "steps": 3})


@misconception(asks="Beside which weight do the two factors learn, and what becomes of that one?")
def base_of_lora_moves(setup: Setup) -> set[str]:
    """The weight and bias beside the adapters are taken to learn as well."""
    layers = {layer["name"]: layer for layer in setup["layers"]}
    plain = what_changes(_with_layers(setup, lora=False))
    factors = {key for key in setup["keys"] if key.rpartition(".")[2] in ("lora_A", "lora_B")}
    base = {key for key in plain - factors if layers[key.rpartition(".")[0]]["lora"]}
    return what_changes(setup) | base


@misconception(asks="Both factors start somewhere. Is one of them never told where to go?")
def only_b_learns(setup: Setup) -> set[str]:
    """A is taken to stay as it was drawn."""
    return {key for key in what_changes(setup) if not key.endswith("lora_A")}
