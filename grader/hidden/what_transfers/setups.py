"""What the hidden tests of notebook 01 draw: curves, scenarios, descriptions of networks, workflows, set-ups."""

from __future__ import annotations

import math
from typing import Any

from grader.student.given import Given

Curve = dict[str, Any]


def curve(
    given: Given,
    *,
    start: float,
    end: float,
    speed: float,
    looks: int | None = None,
    metric: str = "accuracy",
    noise: float = 0.02,
) -> Curve:
    """A curve from `start` to `end`; a higher `speed` gets there in fewer steps. Looks are not evenly spaced.

    The training values lie on the better side of the validation values, all the more towards the end.
    """
    count = looks or given.integer(9, 14)
    steps = [0]
    while len(steps) < count:
        steps.append(steps[-1] + given.choice([5, 10, 20, 25]))
    better = -1 if metric == "loss" else 1
    val, train = [], []
    for i, step in enumerate(steps):
        value = end + (start - end) * math.exp(-speed * step / 40)
        if i:
            value += given.random.uniform(-noise, noise)
        val.append(round(value, 4))
        train.append(round(value + better * 0.3 * i / count, 4))
    return {"step": steps, "train": train, "val": val, "metric": metric}


TECHNIQUES = ("feature_extraction", "full_fine_tuning", "lora", "domain_adaptation")
Scenario = dict[str, Any]


def scenario(given: Given, **fixed: Any) -> Scenario:
    """A scenario in which nothing is scarce but for what is `fixed`.

    What decides nothing (architecture, gap between the domains, and so on) is drawn.
    """
    parameters = given.choice([60_000, 7_000_000, 86_000_000, 350_000_000, 1_100_000_000, 7_000_000_000])
    adapter = max(600, parameters // given.choice([60, 150, 400]))
    made = {
        "access": "weights",
        "target_labels": given.choice([1, 40, 600, 20_000]),
        "target_unlabelled": given.choice([1, 500, 50_000]),
        "source_data": True,
        "same_classes": True,
        "parameters": parameters,
        "adapter_parameters": adapter,
        "head_parameters": max(60, adapter // given.choice([3, 20])),
        "memory_gb": 1000.0,
        "disk_gb": 1000.0,
        "customers": 1,
        "one_copy": False,
        "architecture": given.choice(["CNN", "vision transformer", "BERT", "decoder", "MLP"]),
        "domain_gap": given.choice(["near", "far"]),
    }
    made.update(fixed)
    return made


def needs(s: Scenario) -> dict[str, float]:
    """GB at which something changes, or seems to: memory and disk as they are and as one gets them wrong."""
    base, adapter, head, k = s["parameters"], s["adapter_parameters"], s["head_parameters"], s["customers"]
    bytes_ = {
        "weights": 4 * base,
        "half": 8 * base,
        "extraction": 4 * base + 16 * head,
        "lora": 4 * base + 16 * (adapter + head),
        "full": 16 * (base + head),
        "disk of extraction": 4 * base + 4 * k * head,
        "disk of lora": 4 * base + 4 * k * (adapter + head),
        "disk of full": 4 * k * (base + head),
    }
    return {name: value / 1e9 for name, value in bytes_.items()}


def between(given: Given, low: float, high: float) -> float:
    """A number well within two others."""
    return low + (high - low) * given.random.uniform(0.3, 0.7)


def shuffled(given: Given, items: list[Any]) -> list[Any]:
    """The same items in a random order."""
    return given.random.sample(items, len(items))


Spec = dict[str, Any]


def linear(given: Given, name: str, *, square: bool = False, weight_of: str | None = None) -> dict[str, Any]:
    """The description of a linear layer."""
    n_in = given.integer(5, 90)
    n_out = n_in if square else given.integer(91, 200)
    layer = {"name": name, "kind": "linear", "n_in": n_in, "n_out": n_out, "bias": given.choice([True, False])}
    return {**layer, "weight_of": weight_of} if weight_of else layer


def other_layer(given: Given, name: str) -> dict[str, Any]:
    """A layer of the body that is no linear one."""
    kind = given.choice(["conv", "batch_norm", "layer_norm", "embedding"])
    if kind == "conv":
        kernel = given.choice([[1, 1], [3, 3], [3, 5], [7, 7], [1, 4]])
        sizes: dict[str, Any] = {"n_in": given.integer(1, 40), "n_out": given.integer(2, 60), "kernel": kernel}
        sizes["bias"] = given.choice([True, False])
    elif kind == "embedding":
        sizes = {"n_words": given.integer(50, 900), "width": given.integer(6, 70)}
    else:
        sizes = {"width": given.integer(6, 120)}
    return {"name": name, "kind": kind, **sizes}


def head(given: Given, *, n_in: int | None = None, n_out: int | None = None) -> dict[str, Any]:
    """The description of a head."""
    return {
        "n_in": n_in or given.integer(20, 300),
        "n_out": n_out or given.integer(2, 12),
        "bias": given.choice([True, True, False]),
    }


def spec(given: Given, layers: list[dict[str, Any]], targets: list[str], *, r: int | None = None) -> Spec:
    """The description of a network with a head, and of LoRA on some of its layers."""
    return {
        "layers": layers,
        "head": head(given),
        "lora": {
            "targets": targets,
            "r": r or given.choice([1, 2, 4, 8, 16]),
            "alpha": given.choice([3, 5, 32]),
        },
    }


def mixed_spec(given: Given) -> Spec:
    """Layers of every kind under odd names, with a shared weight; LoRA on some of the linear ones."""
    names = [f"{a}.{b}" for a, b in zip(given.names(10), given.names(10), strict=True)]
    layers = [linear(given, name, square=i == 1) for i, name in enumerate(names[:4])]
    layers += [other_layer(given, name) for name in names[4:8]]
    words = {"name": names[8], "kind": "embedding", "n_words": given.integer(50, 900), "width": given.integer(6, 70)}
    shared = {
        "name": names[9],
        "kind": "linear",
        "n_in": words["width"],
        "n_out": words["n_words"],
        "bias": given.choice([True, False]),
        "weight_of": words["name"],
    }
    targets = given.random.sample(names[:4], given.integer(1, 3))
    return spec(given, [*shuffled(given, layers), words, shared], targets)
