"""Public check of `count_trainable`."""

from __future__ import annotations

from typing import Any

from tlcore import plots

TECHNIQUES = ("feature_extraction", "full_ft", "lora")
LAYERS: list[tuple[dict[str, Any], int, str]] = [
    ({"kind": "linear", "n_in": 3, "n_out": 5, "bias": True}, 20, "3 * 5 weights and 5 biases."),
    ({"kind": "linear", "n_in": 3, "n_out": 5, "bias": False}, 15, "There is no bias here."),
    ({"kind": "conv", "n_in": 2, "n_out": 4, "kernel": [3, 5], "bias": True}, 124, "2 * 4 * 3 * 5 weights, 4 biases."),
    ({"kind": "batch_norm", "width": 7}, 14, "Scale and shift. Running statistics are no parameters."),
    ({"kind": "layer_norm", "width": 7}, 14, "Scale and shift."),
    ({"kind": "embedding", "n_words": 11, "width": 3}, 33, "A vector of 3 for each of 11 words."),
]


def _counts(show: Any, answer: Any) -> bool:
    if not show.that(answer is not None, "it returns something", "Nothing came back: is a `return` missing?"):
        return False
    has_all = isinstance(answer, dict) and all(key in answer for key in TECHNIQUES)
    return show.that(has_all, "a dict with `feature_extraction`, `full_ft` and `lora`")


def check(count_trainable, show):
    small = {"n_in": 4, "n_out": 2, "bias": True}
    lora = {"targets": [], "r": 2, "alpha": 8}
    for layer, expected, teach in LAYERS:
        show.tried(f"one layer, {', '.join(f'{k} {v}' for k, v in layer.items())}; a head of 4 * 2 + 2 = 10")
        answer = count_trainable({"layers": [{"name": "body.0", **layer}], "head": small, "lora": lora})
        if not _counts(show, answer):
            return
        show.expect("full_ft, without the head", answer["full_ft"] - 10, expected, teach)

    show.tried("an embedding of 11 words and a linear layer with a bias that uses its weight")
    words = {"name": "words", "kind": "embedding", "n_words": 11, "width": 3}
    out = {"name": "out", "kind": "linear", "n_in": 3, "n_out": 11, "bias": True, "weight_of": "words"}
    answer = count_trainable({"layers": [words, out], "head": small, "lora": lora})
    show.expect("full_ft, without the head", answer["full_ft"] - 10, 44, "33 numbers once, and 11 biases.")

    show.tried("the numbers of the workshop: LoRA of rank 16 and alpha 32 on 36 of 48 layers of 768 x 768")
    names = [f"layer.{i}.{part}" for i in range(12) for part in ("query", "key", "value", "output")]
    layers = [{"name": name, "kind": "linear", "n_in": 768, "n_out": 768, "bias": True} for name in names]
    lora = {"targets": [name for name in names if not name.endswith("output")], "r": 16, "alpha": 32}
    answer = count_trainable({"layers": layers, "head": {"n_in": 768, "n_out": 2, "bias": True}, "lora": lora})
    found = [answer[key] for key in TECHNIQUES]
    right = [1_538, 28_349_954, 886_274]
    show.expect("feature_extraction", found[0], right[0], "The head alone, weights and biases.")
    show.expect("full_ft", found[1], right[1], "48 layers with their biases, and the head.")
    show.expect("lora", found[2], right[2], "Two factors beside each target, and the head. Alpha is no size.")
    show.picture(plots.bars("What learns, the workshop's model", list(TECHNIQUES), found, right, ylabel="parameters"))

    show.tried("LoRA of rank 2 on one layer of 3 x 5, and not on another")
    layers = [{"name": name, "kind": "linear", "n_in": 3, "n_out": 5, "bias": True} for name in ("a", "b")]
    answer = count_trainable({"layers": layers, "head": small, "lora": {"targets": ["b"], "r": 2, "alpha": 8}})
    show.expect("lora", answer["lora"], 26, "2 * (3 + 5) numbers beside `b`, and the head of 10.")
    show.untried("heads without a bias, networks with many kinds of layers")
