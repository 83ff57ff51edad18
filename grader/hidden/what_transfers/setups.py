"""What the hidden tests of notebook 01 draw: curves, scenarios, descriptions of networks, workflows, set-ups."""

from __future__ import annotations

import math
from typing import Any

from grader.student.given import Given

Curve = dict[str, Any]


def entry(answer: Any, key: str) -> Any:
    """An entry of a dict that came from the other side. Raises TypeError for anything else."""
    if not isinstance(answer, dict):
        raise TypeError("expected a dict")
    return answer[key]


def texts(answer: Any, most: int = 2_000) -> list[str]:
    """The names in a set or list that came from the other side. Raises TypeError for anything else."""
    if not isinstance(answer, (set, list, tuple)) or len(answer) > most:
        raise TypeError("expected a set or list of names")
    if not all(isinstance(name, str) for name in answer):
        raise TypeError("expected names, as texts")
    return list(answer)


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
        kernel = given.choice([[1, 1], [3, 3], [3, 5], [7, 7], [2, 4]])
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
    names[1] = f"{names[1].split('.')[0]}.{names[0].split('.')[1]}"  # the last part of the name is no name
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
    targets = [given.choice(names[:2]), *given.random.sample(names[2:4], given.integer(0, 2))]
    return spec(given, [*shuffled(given, layers), words, shared], targets)


PREPARATION = (
    "split",
    "fit_statistics",
    "normalise",
    "build_model",
    "load_weights",
    "freeze",
    "swap_head",
    "add_lora",
    "make_optimizer",
)
AFTER_TRAINING = ("choose_best", "merge_lora", "save")
STEPS = (*PREPARATION, "train", *AFTER_TRAINING, "test")
"""The fourteen steps."""
Context = dict[str, str]
Workflow = tuple[list[str], Context]


def edges(ctx: Context) -> list[tuple[str, str]]:
    """Pairs (first, then): what the statement says, one line each."""
    found = [(step, "train") for step in PREPARATION]
    found += [("train", step) for step in AFTER_TRAINING]
    found += [(step, "test") for step in STEPS[:-1]]
    found += [("build_model", step) for step in PREPARATION[4:]]
    found += [
        ("fit_statistics", "normalise"),
        ("load_weights", "add_lora"),
        ("freeze", "swap_head"),
        ("freeze", "add_lora"),
        ("swap_head", "make_optimizer"),
        ("add_lora", "make_optimizer"),
        ("choose_best", "merge_lora"),
        ("choose_best", "save"),
    ]
    if ctx["statistics"] == "training photos":
        found.append(("split", "fit_statistics"))
    source = ctx["checkpoint"] == "source head"
    found.append(("load_weights", "swap_head") if source else ("swap_head", "load_weights"))
    found.append(("save", "merge_lora") if ctx["saves"] == "adapter" else ("merge_lora", "save"))
    return found


def broken(order: list[str], ctx: Context) -> list[str]:
    """The pairs of `edges` that an order has the wrong way round, in words."""
    place = {step: i for i, step in enumerate(order)}
    wrong = [pair for pair in edges(ctx) if pair[0] in place and pair[1] in place and place[pair[0]] > place[pair[1]]]
    return sorted(f"{then} before {first}" for first, then in wrong)


def contexts() -> list[Context]:
    """Every combination of the three settings."""
    return [
        {"statistics": statistics, "checkpoint": checkpoint, "saves": saves}
        for statistics in ("training photos", "card")
        for checkpoint in ("source head", "target head")
        for saves in ("adapter", "whole model")
    ]


def workflows(
    given: Given, always: tuple[str, ...], count: int, length: int = 9, never: tuple[str, ...] = ()
) -> list[Workflow]:
    """Some workflows of `length` steps that hold `always` and not `never`, in random order, in each context in turn.

    Without adapters there is nothing to merge, and the whole model is saved.
    """
    made = []
    for i, ctx in enumerate(shuffled(given, contexts() * count)[:count]):
        rest = [step for step in STEPS if step not in (*always, *never)]
        steps = [*always, *given.random.sample(rest, length - len(always))]
        if "merge_lora" in steps and "add_lora" not in steps:
            loose = [step for step in steps if step not in (*always, "merge_lora")]
            steps[steps.index(given.choice(loose) if loose else "merge_lora")] = "add_lora"
        if "add_lora" not in steps:
            ctx = {**ctx, "saves": "whole model"}
        # Every other time in an order that is wrong in as many places as can be: giving it back is no answer.
        right = sorted(steps, key=STEPS.index)
        made.append((right[::-1] if i % 2 else shuffled(given, steps), ctx))
    return made


TENSORS = {
    "linear": ("weight",),
    "conv": ("weight",),
    "embedding": ("weight",),
    "layer_norm": ("weight", "bias"),
    "batch_norm": ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"),
}
Setup = dict[str, Any]


def layer(name: str, kind: str, **settings: Any) -> dict[str, Any]:
    """The description of a layer in a training set-up; unless told otherwise it learns, in train mode."""
    plain = {"frozen": False, "mode": "train", "lora": False, "weight_of": None, "bias": kind in ("linear", "conv")}
    return {"name": name, "kind": kind, **plain, **settings}


def training(layers: list[dict[str, Any]], *, held: list[str] | None = None, steps: int = 3) -> Setup:
    """A training set-up; the optimizer holds the layers that are named, or all."""
    keys = []
    for one in layers:
        keys += [f"{one['name']}.{tensor}" for tensor in TENSORS[one["kind"]]]
        if one["bias"]:
            keys.append(f"{one['name']}.bias")
        if one["lora"]:
            keys += [f"{one['name']}.lora_A", f"{one['name']}.lora_B"]
    return {
        "layers": layers,
        "optimizer": [one["name"] for one in layers] if held is None else held,
        "steps": steps,
        "keys": keys,
    }


def dotted(given: Given, count: int) -> list[str]:
    """Names of layers at several depths, none of them a part of another."""
    tops = given.names(count)
    return [top if i % 3 == 0 else f"{top}.{i}" if i % 3 == 1 else f"{top}.{i}.norm" for i, top in enumerate(tops)]


def random_training(given: Given) -> Setup:
    """A set-up with layers of every kind, in which anything may be frozen, held or in eval mode."""
    names = dotted(given, 7)
    kinds = [given.choice(["linear", "conv", "embedding", "batch_norm", "layer_norm"]) for _ in names]
    kinds[0], kinds[1], kinds[2] = "linear", "batch_norm", "embedding"
    layers = []
    for name, kind in zip(names, kinds, strict=True):
        adapted = kind == "linear" and given.choice([True, False])
        bias = kind in ("linear", "conv") and given.choice([True, True, False])
        frozen, mode = given.choice([True, False]), given.choice(["train", "eval"])
        layers.append(layer(name, kind, frozen=frozen, mode=mode, lora=adapted, bias=bias))
    layers.append(layer("shared.out", "linear", weight_of=names[2], frozen=given.choice([True, False])))
    held = [one["name"] for one in layers if given.choice([True, True, False])]
    return training(shuffled(given, layers), held=held, steps=given.integer(1, 3))
