"""Wrong ideas about `count_parameters`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.before_the_workshop.count_parameters import count_parameters

Layers = list[dict[str, Any]]
Counts = tuple[list[int], int]


def _changed(layers: Layers, change: Callable[[dict[str, Any], int], int]) -> Counts:
    """The right counts, of which `change` makes wrong ones."""
    counts = [change(layer, count) for layer, count in zip(layers, count_parameters(layers)[0], strict=True)]
    return counts, sum(counts)


def _outputs(layer: dict[str, Any]) -> int:
    return layer.get("out_features", layer.get("out_channels", 0))


def _has_bias(layer: dict[str, Any]) -> bool:
    return layer["kind"] in ("Linear", "Conv2d") and layer.get("bias", True)


@misconception(asks="Besides its weights, what does a linear layer add to each of its outputs?")
def no_bias(layers: Layers) -> Counts:
    """Weights only."""
    return _changed(layers, lambda layer, count: count - _has_bias(layer) * _outputs(layer))


@misconception(asks="How many biases does one output have: one, or one for each of its weights?")
def a_bias_for_each_weight(layers: Layers) -> Counts:
    """Every weight has a bias beside it."""

    def twice(layer: dict[str, Any], count: int) -> int:
        return 2 * (count - _outputs(layer)) if _has_bias(layer) else count

    return _changed(layers, twice)


@misconception(asks="torch.nn.Linear(4, 2) was not told about a bias. Print it: does it have one?")
def no_word_means_no_bias(layers: Layers) -> Counts:
    """Where the description says nothing of a bias, none is counted."""
    return _changed(layers, lambda layer, count: count - (_has_bias(layer) and "bias" not in layer) * _outputs(layer))


@misconception(asks="How many squares does a kernel of size 3 cover: 3, or a field of 3 times 3?")
def kernel_not_squared(layers: Layers) -> Counts:
    """A kernel of size 3 has three weights."""

    def in_a_row(layer: dict[str, Any], count: int) -> int:
        if layer["kind"] != "Conv2d":
            return count
        biases = _has_bias(layer) * _outputs(layer)
        return (count - biases) // layer["kernel_size"] + biases

    return _changed(layers, in_a_row)


@misconception(asks="A filter looks at a picture with three colours. Does it have the same weights for each of them?")
def one_channel_in(layers: Layers) -> Counts:
    """A filter has one kernel, however many channels come in."""

    def flat(layer: dict[str, Any], count: int) -> int:
        if layer["kind"] != "Conv2d":
            return count
        return (layer["kernel_size"] ** 2 + _has_bias(layer)) * _outputs(layer)

    return _changed(layers, flat)


@misconception(
    asks="If you list `parameters()` of a batch norm, and then `buffers()`: which of them does an optimizer move?"
)
def running_statistics_too(layers: Layers) -> Counts:
    """The running mean and variance of a batch norm count as parameters."""
    return _changed(layers, lambda layer, count: 2 * count if layer["kind"] == "BatchNorm2d" else count)


@misconception(asks="After a batch norm has normalised, what does it do to each channel? With how many numbers?")
def norm_without_shift(layers: Layers) -> Counts:
    """A batch norm has a scale for each channel and nothing else."""
    return _changed(layers, lambda layer, count: count // 2 if layer["kind"] == "BatchNorm2d" else count)


@misconception(asks="A pooling layer takes the largest of its field. What is there to learn?")
def pooling_has_weights(layers: Layers) -> Counts:
    """Whatever has a kernel has weights."""

    def pooled(layer: dict[str, Any], count: int) -> int:
        return layer["kernel_size"] ** 2 if layer["kind"] == "MaxPool2d" else count

    return _changed(layers, pooled)


@misconception(asks="An embedding is a table: a row for each word. Does anything get added to a row?")
def embedding_with_bias(layers: Layers) -> Counts:
    """An embedding has a bias, as a linear layer does."""

    def added(layer: dict[str, Any], count: int) -> int:
        return count + layer["embedding_dim"] if layer["kind"] == "Embedding" else count

    return _changed(layers, added)
