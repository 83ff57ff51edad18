"""Hidden tests of `count_parameters`."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from grader.hidden.registry import hidden_test
from grader.student import compare
from grader.student.views import View

Layer = dict[str, Any]


def built(layers: list[Layer]) -> tuple[list[int], int]:
    """What torch counts in the layers that are described, built without memory for their numbers."""
    with torch.device("meta"):
        modules = [getattr(nn, layer["kind"])(**{k: v for k, v in layer.items() if k != "kind"}) for layer in layers]
    counts = [sum(p.numel() for p in module.parameters()) for module in modules]
    return counts, sum(counts)


def in_words(value: Any) -> str:
    """The counts of the first layers, and the sum; anything else as other values are shown."""
    if not isinstance(value, list | tuple) or len(value) != 2 or not isinstance(value[1], int | float):
        return compare.in_words(value)
    counts, total = value
    if not hasattr(counts, "__len__") or getattr(counts, "ndim", 1) != 1:
        return compare.in_words(value)
    return f"{', '.join(str(count) for count in list(counts)[:8])}; in all {total}"


def counted(student: Any, expect: Any, layers: list[Layer], label: str) -> None:
    """The answer on these layers is what torch counts."""
    expect(student.count_parameters(layers), label, equals=built(layers), view=View(in_words))


def linear(given: Any, bias: bool | None) -> Layer:
    """A linear layer; with None nothing is said about its bias."""
    n_in, n_out = given.distinct(2, 2, 300)
    return {"kind": "Linear", "in_features": n_in, "out_features": n_out, **_bias(bias)}


def convolution(given: Any, bias: bool | None) -> Layer:
    """A convolution."""
    n_in, n_out = given.distinct(2, 2, 64)
    size = given.choice([2, 3, 5, 7])
    return {"kind": "Conv2d", "in_channels": n_in, "out_channels": n_out, "kernel_size": size, **_bias(bias)}


def norm(given: Any) -> Layer:
    """A batch norm."""
    return {"kind": "BatchNorm2d", "num_features": given.integer(2, 200)}


def embedding(given: Any) -> Layer:
    """An embedding."""
    words, width = given.distinct(2, 5, 400)
    return {"kind": "Embedding", "num_embeddings": words, "embedding_dim": width}


def without_parameters(given: Any) -> list[Layer]:
    """Layers that have nothing to learn, in random order."""
    pool = {"kind": "MaxPool2d", "kernel_size": given.choice([2, 3])}
    layers = [{"kind": "ReLU"}, pool, {"kind": "Dropout", "p": given.choice([0.1, 0.5])}, {"kind": "Flatten"}]
    return given.random.sample(layers, len(layers))


def _bias(bias: bool | None) -> dict[str, bool]:
    return {} if bias is None else {"bias": bias}


@hidden_test(weight=2, says="Draw 3 inputs and 2 outputs. How many lines are there, and what is added to each output?")
def test_linear_layers(student, given, expect):
    """Linear layers: with a bias, without, and where nothing is said about it"""
    counted(student, expect, [linear(given, bias) for bias in (True, False, None)], "three linear layers")
    width = given.integer(3, 50)
    square = {"kind": "Linear", "in_features": width, "out_features": width}
    single = {"kind": "Linear", "in_features": given.integer(3, 50), "out_features": 1}
    counted(student, expect, [square, single], "a square layer, and one with one output")


@hidden_test(
    weight=2, says="How many numbers does one filter have, if it looks at every channel? How many filters are there?"
)
def test_convolutions(student, given, expect):
    """Convolutions: kernel, channels in and out, bias"""
    counted(student, expect, [convolution(given, bias) for bias in (True, False, None)], "three convolutions")
    first = {"kind": "Conv2d", "in_channels": 1, "out_channels": given.integer(2, 64), "kernel_size": 1}
    counted(student, expect, [first, convolution(given, None)], "a convolution with a kernel of size 1, and another")


@hidden_test(weight=2, says="Of the tensors that such a layer saves, which does an optimizer move?")
def test_norms_and_embeddings(student, given, expect):
    """Batch norms and embeddings"""
    counted(student, expect, [norm(given), embedding(given), norm(given)], "a batch norm, an embedding, a batch norm")
    counted(student, expect, [embedding(given)], "an embedding")


@hidden_test(
    weight=2, says="Which of these layers have something to learn? Is each entry of the list counted, and added?"
)
def test_whole_networks(student, given, expect):
    """Whole networks, with layers that have no parameters, and layers that are alike"""
    for _ in range(2):
        layers = []
        for nothing in without_parameters(given):
            layers += [convolution(given, given.choice([True, False, None])), norm(given), nothing]
        layers += [layers[0], linear(given, None)]
        counted(student, expect, layers, f"a network of {len(layers)} layers")
    counted(student, expect, [*without_parameters(given), embedding(given)], "layers without parameters, an embedding")


@hidden_test(weight=1, says="Is the list as it was after your function? And what is the sum over no layers?")
def test_the_description_is_only_read(student, given, expect):
    """The description stays as it is; no layers have no parameters"""
    layers = [linear(given, None), *without_parameters(given), convolution(given, False)]
    held = student.tools.plain_data.kept(layers)
    for times in ("once", "twice"):
        expect(student.count_parameters(held), f"counted {times}", equals=built(layers), view=View(in_words))
    expect(student.tools.plain_data(held), "the description afterwards", equals=layers)
    expect(student.count_parameters([]), "no layers at all", equals=([], 0), view=View(in_words))
