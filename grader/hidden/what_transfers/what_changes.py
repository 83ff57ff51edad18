"""Hidden tests of `what_changes`. A test of the package holds the reference against networks that are trained."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from grader.hidden.registry import hidden_test
from grader.hidden.what_transfers.setups import Setup, dotted, layer, random_training, shuffled, texts, training
from grader.student.views import View
from tlcore import plots


def predicted(student: Any, expect: Any, label: str, setups: list[Setup]) -> None:
    """Judge the answers to some set-ups, each on its own: the keys that are said to change. Patterns are filled in."""
    answers = []
    for setup in setups:
        patterns = texts(student.what_changes(setup))
        answers.append([key for key in setup["keys"] if any(fnmatchcase(key, pattern) for pattern in patterns)])
        expect(
            answers[-1], f"keys that change with {in_brief(setup)}", view=View(lambda keys: ", ".join(keys) or "none")
        )
    every = [key for setup in setups for key in setup["keys"]]

    def draws(observed: list[list[str]], expected: list[list[str]]) -> dict[str, Any]:
        names = every[:24]
        sides: list[Any] = []
        for side in (observed, expected):
            changed = {key for keys in side for key in keys}
            sides.append({"trainable": None, "moved": [float(name in changed) for name in names]})
        return plots.layers("Which tensors change", names, *sides)

    expect(answers, label, view=View(draws=draws))


def in_brief(setup: Setup) -> str:
    """A set-up in a line or two."""
    layers = []
    for one in setup["layers"]:
        said = [one["kind"], one["mode"]]
        said += ["frozen"] * one["frozen"] + ["LoRA"] * one["lora"]
        said += ["not held"] * (one["name"] not in setup["optimizer"])
        said += [f"weight of {one['weight_of']}"] if one["weight_of"] else []
        layers.append(f"{one['name']} ({', '.join(said)})")
    return f"{setup['steps']} step{'s' * (setup['steps'] > 1)} and {'; '.join(layers)}"


@hidden_test(weight=2, says="Which parameters have a gradient, and which of those does the optimizer hold?")
def test_frozen_and_held(student, given, expect):
    """A parameter changes if it may learn and the optimizer holds it, whatever mode its layer is in"""
    made = []
    for mode in ("train", "eval"):
        names = dotted(given, 6)
        layers = [
            layer(names[0], "conv", frozen=True, mode=mode),
            layer(names[1], "linear", mode=mode),
            layer(names[2], "layer_norm", frozen=True, mode=mode),
            layer(names[3], "layer_norm", mode=mode),
            layer(names[4], "linear", mode=mode, bias=False),
            layer(names[5], "linear", mode=mode),
        ]
        made.append(training(layers, held=shuffled(given, names[:4] + names[5:])))
        made.append(training(layers, held=[names[0], names[4]], steps=given.integer(1, 2)))
    predicted(student, expect, "keys that change in four set-ups with frozen layers", made)


@hidden_test(weight=3, says="What does a batch norm write into its buffers, when, and does anybody ask the optimizer?")
def test_batch_norm(student, given, expect):
    """A batch norm in train mode changes its buffers, frozen or not, held or not"""
    names = dotted(given, 6)
    names[2] = names[1] + "2"  # a pattern that is too wide takes both
    layers = [
        layer(names[0], "conv", frozen=True),
        layer(names[1], "batch_norm", frozen=True, mode="train"),
        layer(names[2], "batch_norm", frozen=True, mode="eval"),
        layer(names[3], "batch_norm", mode="train"),
        layer(names[4], "batch_norm", mode="eval"),
        layer(names[5], "linear"),
    ]
    made = [training(layers), training(layers, held=[names[5]]), training(layers, held=[names[1]], steps=1)]
    predicted(student, expect, "keys that change in three set-ups with batch norms", made)


@hidden_test(weight=2, says="How many tensors are there behind these two keys?")
def test_shared_weights(student, given, expect):
    """A shared weight changes under both of its keys, if its owner may learn and the optimizer holds either"""
    made = []
    # Whether the owner is frozen, whether the other layer's own `frozen` is set, and who is held.
    cases = (
        (False, True, (0,)),
        (False, False, (2,)),
        (True, False, (0, 1, 2)),
        (False, True, (1,)),
        (False, given.choice([True, False]), (0, 1, 2)),
    )
    for frozen, other, held in cases:
        names = dotted(given, 3)
        layers = [
            layer(names[0], "embedding", frozen=frozen),
            layer(names[1], "linear"),
            layer(names[2], "linear", weight_of=names[0], frozen=other),
        ]
        made.append(training(shuffled(given, layers), held=[names[i] for i in held]))
    predicted(student, expect, "keys that change in five set-ups with a shared weight", made)


@hidden_test(weight=3, says="What is the gradient of A as long as B is zero?")
def test_lora(student, given, expect):
    """Beside a frozen base B learns from the first step, and A from the second"""
    made = []
    for steps in (1, 2, 3):
        names = dotted(given, 5)
        layers = [
            layer(names[0], "embedding", frozen=True),
            layer(names[1], "linear", lora=True),
            layer(names[2], "linear", lora=True, frozen=True),
            layer(names[3], "linear", lora=True, mode="eval"),
            layer(names[4], "linear"),
        ]
        made.append(training(layers, held=[names[0], *names[2:]], steps=steps))
        made.append(training(layers, steps=steps))
    predicted(student, expect, "keys that change in six set-ups with adapters", made)


@hidden_test(weight=3, says="Which kind of tensor is it that you have too many or too few of?")
def test_everything_at_once(student, given, expect):
    """Thirty set-ups with layers of every kind"""
    made = [random_training(given) for _ in range(30)]
    predicted(student, expect, "keys that change in thirty set-ups", made)
