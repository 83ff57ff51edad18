"""Hidden tests of `count_trainable`. A test of the package holds the reference against built models and PEFT."""

from __future__ import annotations

from typing import Any

from grader.hidden.registry import hidden_test
from grader.hidden.what_transfers import setups
from grader.student.given import Given

PARTS = [f"layer.{i}.attention.{kind}" for i in range(12) for kind in ("query", "key", "value", "output")]
SQUARE = {"kind": "linear", "n_in": 768, "n_out": 768, "bias": True}
WORKSHOP: dict[str, Any] = {
    "layers": [{"name": name, **SQUARE} for name in PARTS],
    "head": {"n_in": 768, "bias": True, "n_out": 2},
    "lora": {"targets": [name for name in PARTS if "output" not in name], "r": 16},
}
"""The workshop's own numbers: 1,538 with the head alone, 886,274 with LoRA on 36 matrices of 768 x 768."""


def counted(student: Any, specs: list[dict[str, Any]], technique: str) -> list[Any]:
    """The counts of one technique over several specifications."""
    return [setups.entry(student.count_trainable(spec), technique) for spec in specs]


def two_that_share(given: Given) -> dict[str, Any]:
    """Two linear layers that share a weight, each with adapters of its own."""
    owner, user = (setups.linear(given, name) for name in given.names(2))
    user |= {"n_in": owner["n_in"], "n_out": owner["n_out"], "weight_of": owner["name"]}
    return setups.spec(given, [owner, user], [owner["name"], user["name"]])


@hidden_test(weight=1, says="What learns if the body stands still?")
def test_the_head_alone(student, given, expect):
    """Feature extraction trains the weights of the head, and its biases if it has any"""
    specs = [setups.mixed_spec(given) for _ in range(4)]
    specs[0]["head"]["bias"], specs[1]["head"]["bias"] = True, False
    specs[1]["head"]["n_in"] = specs[1]["head"]["n_out"] = given.integer(13, 19)
    expect(counted(student, specs, "feature_extraction"), "parameters that learn in feature extraction, four networks")


@hidden_test(weight=2, says="Take one layer of each kind: how many numbers of it does an optimizer move?")
def test_everything(student, given, expect):
    """Full fine-tuning trains the weights and biases of every layer, and no running statistic"""
    specs = [setups.spec(given, [setups.linear(given, "a")], ["a"])]
    for kind in ("conv", "batch_norm", "layer_norm", "embedding"):
        layer = setups.other_layer(given, "b.c")
        while layer["kind"] != kind:
            layer = setups.other_layer(given, "b.c")
        specs.append(setups.spec(given, [layer, setups.linear(given, "a")], ["a"]))
    expect(counted(student, specs, "full_ft"), "parameters that learn in full fine-tuning, a layer of each kind")


@hidden_test(weight=1, says="Two layers share one weight. How many tensors does the optimizer hold?")
def test_a_shared_weight(student, given, expect):
    """A weight that two layers share is counted once, and the bias of each layer as often as there is one"""
    specs = [setups.mixed_spec(given) for _ in range(4)]
    specs[0]["layers"][-1]["bias"], specs[1]["layers"][-1]["bias"] = True, False
    specs.append(two_that_share(given))
    expect(counted(student, specs, "full_ft"), "parameters that learn in full fine-tuning, with a shared weight")


@hidden_test(weight=3, says="Write down the shapes of the two factors of one layer. What else learns?")
def test_lora(student, given, expect):
    """LoRA trains two factors beside each target, and the head"""
    specs = []
    for square, r in ((False, None), (True, None), (False, 1), (False, 64)):
        one, other, third = given.names(3)
        # Each of the last two holds the name of the first, which is always a target; the last is never one.
        names = [one, third, f"{one}.{other}", f"{other}.{one}"]
        layers = [setups.linear(given, name, square=square) for name in names]
        targets = [layer["name"] for layer in layers[: given.integer(1, 2 if r else 3)]]
        specs.append(setups.spec(given, layers, targets, r=r))
    one = {"name": "x", "kind": "linear", "n_in": 30, "n_out": 7, "bias": True}
    specs.append(setups.spec(given, [one], ["x"], r=100))  # more than either side of the layer
    specs.append(two_that_share(given))
    expect(counted(student, specs, "lora"), "parameters that learn with LoRA, six networks")


@hidden_test(weight=2, says="Which of the three numbers is off, and for which kind of layer?")
def test_all_three(student, given, expect):
    """All three numbers, for networks with every kind of layer and for the workshop's own"""
    specs = [setups.mixed_spec(given) for _ in range(5)] + [{**WORKSHOP, "lora": {**WORKSHOP["lora"], "alpha": 32}}]
    answers = [student.count_trainable(spec) for spec in specs]
    numbers = [[setups.entry(answer, key) for key in ("feature_extraction", "full_ft", "lora")] for answer in answers]
    expect(numbers, "the three numbers of six networks")
