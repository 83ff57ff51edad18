"""Wrong ideas about `count_trainable`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.what_transfers.count_trainable import count_trainable

Spec = dict[str, Any]
Counts = dict[str, int]


@misconception(asks="Who turns the adapted features into your classes, and was that there before?")
def head_forgotten(spec: Spec) -> Counts:
    """LoRA is taken to train its factors only."""
    found = count_trainable(spec)
    return {**found, "lora": found["lora"] - found["feature_extraction"]}


@misconception(asks="Of how many matrices is the update of a weight the product?")
def one_factor_only(spec: Spec) -> Counts:
    """One of the two factors is counted."""
    return _with_factors(spec, lambda layer, r, alpha: r * layer["n_in"])


@misconception(asks="What are the shapes of the two factors, and is their number of entries a product of all three?")
def product_of_all_sizes(spec: Spec) -> Counts:
    """r times the whole matrix."""
    return _with_factors(spec, lambda layer, r, alpha: r * layer["n_in"] * layer["n_out"])


@misconception(asks="Is every layer as wide as it is high?")
def square_layers(spec: Spec) -> Counts:
    """Both factors are taken to be of the size of the input."""
    return _with_factors(spec, lambda layer, r, alpha: 2 * r * layer["n_in"])


@misconception(asks="Does a larger alpha make any matrix larger?")
def times_alpha(spec: Spec) -> Counts:
    """The scale is counted among the sizes."""
    return _with_factors(spec, lambda layer, r, alpha: alpha * r * (layer["n_in"] + layer["n_out"]))


@misconception(asks="Which linear layers get an adapter: all of them?")
def every_linear_layer(spec: Spec) -> Counts:
    """All linear layers of the body are adapted, whatever the targets are."""
    targets = [layer["name"] for layer in spec["layers"] if layer["kind"] == "linear"]
    return count_trainable({**spec, "lora": {**spec["lora"], "targets": targets}})


@misconception(asks="Does an optimizer move the running mean of a batch norm?")
def running_statistics_counted(spec: Spec) -> Counts:
    """A batch norm is taken to have four vectors that learn."""
    extra = sum(2 * layer["width"] for layer in spec["layers"] if layer["kind"] == "batch_norm")
    return _with_more(spec, extra)


@misconception(asks="Print the parameters of `nn.LayerNorm(4)`. How many numbers are there?")
def norms_forgotten(spec: Spec) -> Counts:
    """Norms are taken to have nothing that learns."""
    return _with_more(spec, -sum(2 * layer["width"] for layer in spec["layers"] if "norm" in layer["kind"]))


@misconception(asks="How many numbers does a filter of 3 x 5 have for one channel?")
def kernel_counted_once(spec: Spec) -> Counts:
    """A kernel is taken to have as many numbers as it is high."""
    too_many = [
        layer["n_in"] * layer["n_out"] * layer["kernel"][0] * (layer["kernel"][1] - 1)
        for layer in spec["layers"]
        if layer["kind"] == "conv"
    ]
    return _with_more(spec, -sum(too_many))


@misconception(asks="Does every layer have a bias? Which entry of its description says so?")
def always_a_bias(spec: Spec) -> Counts:
    """Every layer and the head are taken to have a bias."""
    layers = [{**layer, "bias": True} if "bias" in layer else layer for layer in spec["layers"]]
    return count_trainable({**spec, "layers": layers, "head": {**spec["head"], "bias": True}})


@misconception(asks="If one tensor has two names, how many numbers are there to learn?")
def shared_weight_twice(spec: Spec) -> Counts:
    """A shared weight is counted for each layer that uses it."""
    layers = [{**layer, "weight_of": None} for layer in spec["layers"]]
    return count_trainable({**spec, "layers": layers})


@misconception(asks="Does the head learn as well if everything learns?")
def everything_but_the_head(spec: Spec) -> Counts:
    """Full fine-tuning is taken for fine-tuning of the body."""
    found = count_trainable(spec)
    return {**found, "full_ft": found["full_ft"] - found["feature_extraction"]}


def _with_factors(spec: Spec, count: Callable[[dict[str, Any], int, int], int]) -> Counts:
    """The right numbers, but for another count of the factors of each target."""
    found, lora = count_trainable(spec), spec["lora"]
    adapted = [layer for layer in spec["layers"] if layer["name"] in lora["targets"]]
    factors = sum(count(layer, lora["r"], lora["alpha"]) for layer in adapted)
    return {**found, "lora": found["feature_extraction"] + factors}


def _with_more(spec: Spec, extra: int) -> Counts:
    found = count_trainable(spec)
    return {**found, "full_ft": found["full_ft"] + extra}
