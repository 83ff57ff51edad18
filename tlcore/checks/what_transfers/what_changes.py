"""Public check of `what_changes`."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from tlcore import plots

Layer = dict[str, Any]
BATCH_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def _layer(name: str, kind: str, tensors: tuple[str, ...] = ("weight", "bias"), **settings: Any) -> Layer:
    made = {"name": name, "kind": kind, "tensors": tensors}
    return {**made, "frozen": False, "mode": "train", "lora": False, "weight_of": None, **settings}


def _setup(layers: list[Layer], optimizer: list[str] | None = None, steps: int = 3) -> dict[str, Any]:
    return {
        "keys": [f"{one['name']}.{tensor}" for one in layers for tensor in one["tensors"]],
        "layers": [{k: v for k, v in one.items() if k != "tensors"} for one in layers],
        "optimizer": [one["name"] for one in layers] if optimizer is None else optimizer,
        "steps": steps,
    }


def _norm(**settings: Any) -> Layer:
    return _layer("stem.norm", "batch_norm", BATCH_NORM, **settings)


LORA = ("weight", "lora_A", "lora_B")
BUFFERS = {"stem.norm.running_mean", "stem.norm.running_var", "stem.norm.num_batches_tracked"}
OWN = {"stem.norm.weight", "stem.norm.bias"}
HEAD = {"head.weight", "head.bias"}
CASES: list[tuple[str, dict[str, Any], set[str], str]] = [
    (
        "a linear layer `body` that is frozen, and a head",
        _setup([_layer("body", "linear", frozen=True), _layer("head", "linear")]),
        HEAD,
        "What cannot learn does not move; what can, and is held, does.",
    ),
    (
        "the same, nothing frozen, the optimizer holds `body` only",
        _setup([_layer("body", "linear"), _layer("head", "linear")], ["body"]),
        {"body.weight", "body.bias"},
        "Whom has the optimizer been told of?",
    ),
    (
        "a batch norm `stem.norm` in train mode, frozen, and a head",
        _setup([_norm(frozen=True), _layer("head", "linear")]),
        BUFFERS | HEAD,
        "Buffers are written in the forward pass. No flag and no optimizer is asked.",
    ),
    (
        "the batch norm in eval mode, not frozen",
        _setup([_norm(mode="eval"), _layer("head", "linear", mode="eval")]),
        OWN | HEAD,
        "Eval mode stops buffers. It stops no parameter.",
    ),
    (
        "an embedding `words`, and a layer `out` that uses its weight; the optimizer holds `out`",
        _setup([_layer("words", "embedding", ("weight",)), _layer("out", "linear", weight_of="words")], ["out"]),
        {"words.weight", "out.weight", "out.bias"},
        "Two keys, one tensor.",
    ),
    (
        "the same with `words` frozen",
        _setup([_layer("words", "embedding", ("weight",), frozen=True), _layer("out", "linear", weight_of="words")]),
        {"out.bias"},
        "The owner says whether the shared weight may learn.",
    ),
    (
        "a layer `query` with LoRA, one step",
        _setup([_layer("query", "linear", LORA, lora=True)], steps=1),
        {"query.lora_B"},
        "The gradient of A is multiplied by B, and B is zero at first.",
    ),
    (
        "the same, two steps",
        _setup([_layer("query", "linear", LORA, lora=True)], steps=2),
        {"query.lora_A", "query.lora_B"},
        "B is zero no longer, so A has a gradient. The base stands still.",
    ),
]


def check(what_changes, show):
    names: list[str] = []
    yours, right = [], []
    for what, setup, expected, teach in CASES:
        show.tried(what)
        answer = what_changes(setup)
        if not show.that(answer is not None, "it returns a set", "Nothing came back: is a `return` missing?"):
            return
        patterns = [str(pattern) for pattern in answer]
        found = {key for key in setup["keys"] if any(fnmatchcase(key, pattern) for pattern in patterns)}
        show.expect("keys that change", found, expected, teach)
        if "batch norm" in what:
            mode = setup["layers"][0]["mode"]
            names += [f"{key.removeprefix('stem.')} ({mode})" for key in setup["keys"]]
            yours += [float(key in found) for key in setup["keys"]]
            right += [float(key in expected) for key in setup["keys"]]
    sides = ({"trainable": None, "moved": side} for side in (yours, right))
    show.picture(plots.layers("A batch norm and a head, in train and in eval mode", names, *sides))
    show.untried("several of these at once, other combinations of frozen, held and mode")
