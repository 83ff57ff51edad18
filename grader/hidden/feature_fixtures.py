"""Helpers of the hidden tests of 02_feature_extraction: what to measure on trusted ground, how to say and draw it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import torch

from grader.student.answers import LearnerError
from grader.student.proxy import Model, model_from
from tlcore import plots

MANY_LETTERS = 100_000
"""In names of layers that nobody tells one by one: a network of 400 layers has a tenth of it."""

# freeze


def tower(student: Any, given: Any, **how: Any) -> Any:
    """A model with parameters at every depth of its backbone, and a batch that fits it."""
    n_in, n_classes = given.integer(4, 7), given.integer(3, 6)
    model = student.tools.tower(n_in, given.choice([9, 10, 11]), n_classes, given.names(2), **how)
    return SimpleNamespace(model=model, x=given.tensor(12, n_in), y=given.labels(12, n_classes))


def moved_from(before: dict[str, torch.Tensor]) -> dict[str, Any]:
    """`shows` and `picture` of an observation of tensors after training that began at `before`."""

    def distance(after: dict[str, torch.Tensor], name: str) -> float:
        return float((after[name].double() - before[name].double()).norm())

    def shows(after: dict[str, torch.Tensor]) -> str:
        moved = [name for name in before if name in after and distance(after, name) > 1e-6]
        if sum(map(len, before)) > MANY_LETTERS:
            return f"{len(moved)} of {len(before)}"
        return ", ".join(collapsed(moved, list(before))) or "none"

    def picture(observed: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> dict[str, Any]:
        names = [name for name in before if name in expected and name in observed]
        yours, right = ({"trainable": None, "moved": [distance(v, n) for n in names]} for v in (observed, expected))
        return plots.layers("How far training moved each parameter", names, yours, right)

    return {"shows": shows, "picture": picture}


def collapsed(chosen: list[str], every: list[str], prefix: str = "") -> list[str]:
    """Dotted names, with `backbone` for all that is in the backbone where all of it is chosen."""
    picked = set(chosen)
    parts: dict[str, list[str]] = {}
    for name in every:
        parts.setdefault(prefix + name.removeprefix(prefix).partition(".")[0], []).append(name)
    found = []
    for path, inside in parts.items():
        if picked.issuperset(inside):
            found.append(path)
        elif not picked.isdisjoint(inside):
            found += collapsed([name for name in inside if name in picked], inside, path + ".")
    return found


def as_matrix(title: str, rows: int = 6, columns: int = 8) -> Any:
    """Draws the first rows and columns of a table of numbers."""

    def picture(observed: torch.Tensor, expected: torch.Tensor) -> dict[str, Any]:
        yours, right = (as_tensor(v).float()[:rows, :columns] for v in (observed, expected))
        return plots.matrix(title, yours, right)

    return picture


# replace_head


def net_with_head(given: Any, layout: str, **config: Any) -> Any:
    """A net whose last layer is where `layout` says, and how many classes it shall get; all sizes differ."""
    n_old, n_new = given.distinct(2, 4, 9)
    widths = [given.choice([10, 12, 14]), given.choice([18, 20, 22, 26])]
    model = given.tiny_net(widths=widths, n_classes=n_old, layout=layout, **config)
    path = "classifier.1" if layout == "classifier" else layout
    x = given.tensor(10, model.config.in_channels, 8, 8)
    return SimpleNamespace(model=model, path=path, width=widths[-1], n_old=n_old, n_new=n_new, x=x)


def with_new_head(student: Any, expect: Any, net: Any, weight: torch.Tensor, bias: torch.Tensor) -> Model | None:
    """The model that `replace_head` leaves, its new layer set to given numbers; None where it has no such layer."""
    old = net.model.part(net.path)
    model = model_from(student.replace_head(net.model, net.n_new), net.model)
    heads = student.tools.linears(model, net.n_new)
    kinds = {net.width: "the backbone's features", net.n_old: "the old logits"}
    takes = [kinds.get(head.weight.shape[1], "another number of inputs than there are features") for head in heads]
    there = expect(
        takes,
        f"what the layer with {net.n_new} outputs takes",
        equals=["the backbone's features"],
        shows=lambda v: ", ".join(v) or f"no layer with {net.n_new} outputs",
    )
    honest = old.out_features == old.weight.shape[0]
    expect.that(honest, "the old layer has as many outputs as it says")
    if not there:
        return None
    student.tools.pin(heads[0], weight, bias)
    return model


def how_far_from(before: torch.Tensor) -> Any:
    """Says how far outputs moved, on average, from what they were before training."""
    return lambda after: f"moved by {float((after - before).abs().mean()):.3f}"


# frozen_backbone


def two_parts(student: Any, given: Any, dropout: float) -> Any:
    """A pretrained backbone with frozen parameters, a head behind dropout, and a batch."""
    net = given.tiny_net(layout="classifier", dropout=dropout)
    backbone, head = net.part("backbone"), net.part("classifier")
    student.tools.trainable(backbone, False)
    width, n_classes = net.config.widths[-1], net.config.n_classes
    # Not the distribution of the pretraining: batch statistics would differ from the running ones.
    x = 1.5 * given.tensor(12, net.config.in_channels, 8, 8) - 0.5
    parts = SimpleNamespace(backbone=backbone, head=head, n_classes=n_classes, x=x, y=given.labels(12, n_classes))
    parts.weight, parts.bias = given.tensor(n_classes, width), given.tensor(n_classes)
    return parts


def pin_head(student: Any, model: Model, parts: Any) -> None:
    """Set the head's linear layer, wherever the model keeps it, to hidden numbers."""
    (linear,) = student.tools.linears(model, parts.n_classes)
    student.tools.pin(linear, parts.weight, parts.bias)


def built(model: Any, expect: Any) -> Model:
    """The model, where it is one."""
    if not isinstance(model, Model):
        not_so(expect, "FrozenBackbone(backbone, head) makes an nn.Module")
    return model


def drift(norms: list[Model]) -> list[dict[str, torch.Tensor]]:
    """What each batch-norm layer holds now."""
    return [norm.tensors() for norm in norms]


def draw_drift(before: list[dict[str, torch.Tensor]]) -> Any:
    """Draws how far the running statistics moved from `before`."""
    stats = ("running_mean", "running_var")
    labels = [f"norm {i + 1} {s.removeprefix('running_')}" for i in range(len(before)) for s in stats]

    def picture(observed: Any, expected: Any) -> dict[str, Any]:
        yours, right = (
            [float((after[s] - start[s]).norm()) for after, start in zip(side, before, strict=True) for s in stats]
            for side in (observed, expected)
        )
        return plots.bars("How far batch-norm statistics moved", labels, yours, right, ylabel="distance")

    return picture


def say_drift(before: list[dict[str, torch.Tensor]]) -> Any:
    """Says which statistics moved from `before`."""

    def shows(after: list[dict[str, torch.Tensor]]) -> str:
        moved = [
            f"{name} of norm {i + 1}"
            for i, (now, start) in enumerate(zip(after, before, strict=True))
            for name in start
            if not torch.allclose(now[name].double(), start[name].double(), atol=1e-6)
        ]
        return ", ".join(moved) + " moved" if moved else "as they were"

    return shows


def dropout_factors(
    student: Any, model: Model, picture: torch.Tensor, bias: torch.Tensor, size: int = 48
) -> tuple[list[float], torch.Tensor]:
    """By which factors train mode multiplies the features of one picture, [0, 1/(1-p)] where dropout p lies before the
    head, and the outputs for it in eval mode.

    The head must have been set to `selecting` rows, so that each output is one feature plus `bias`: dropout behind the
    head, where it does not belong, drops the bias too.
    """
    whole = model.outputs(picture)
    trained = model.outputs(picture.expand(size, *picture.shape[1:]).contiguous(), training=True)
    factors = sorted({round(v, 2) for v in ((trained - bias) / (whole - bias)).flatten().tolist()})
    return factors[:6], whole


def selecting(features: torch.Tensor, bias: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias of a linear layer whose outputs are the largest of some features (d,), each plus its `bias`."""
    n_out = len(bias)
    weight = torch.zeros(n_out, len(features))
    weight[torch.arange(n_out), features.topk(n_out).indices] = 1.0
    return weight, bias


# extract_features


def pictures_to_extract(student: Any, given: Any, count: int, **config: Any) -> Any:
    """A net, pictures with a label each that no other has, and the features that belong to them."""
    net = given.tiny_net(**config)
    x = 1.5 * given.tensor(count, net.config.in_channels, 8, 8) - 0.5
    y = torch.tensor(given.distinct(count, 100, 999))
    known = net.part("backbone").outputs(x)
    net.mode(False)
    return SimpleNamespace(net=net, x=x, y=y, known=known)


def learns_twice(student: Any, answer: Any, head: Model, net: Model, y: torch.Tensor) -> bool:
    """Whether a head can learn twice from the features in `answer`, an optimizer having the net's parameters too."""
    try:
        student.tools.learn_from(answer, head, net, y, steps=2, lr=0.5)
    except LearnerError as error:
        if error.kind != "RuntimeError":  # torch's, where a graph that is gone would be gone through again
            raise
        return False
    return True


def more_pictures(given: Any, x: torch.Tensor) -> torch.Tensor:
    """Other pictures like `x` (as many, as large, as far from those of the pretraining)."""
    return 1.5 * given.tensor(*x.shape) - 0.5


def as_pair(answer: Any, expect: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Features and labels as tensors, where the answer is a pair of tensors or arrays."""
    try:
        features, labels = map(as_tensor, answer)
    except (TypeError, ValueError, LearnerError):
        not_so(expect, "extract_features returns a pair (F, y) of two tensors or arrays")
    return features, labels


def as_tensor(value: Any) -> torch.Tensor:
    """A tensor from a tensor, an array, or lists of numbers or of tensors. Raises TypeError for anything else."""
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, torch.Tensor) for v in value):
        return torch.stack(list(value))
    if isinstance(value, (np.ndarray, list, tuple)) and not _has_texts(value):
        return torch.as_tensor(np.asarray(value))
    raise TypeError(f"a {type(value).__name__} where a tensor should be")


def _has_texts(value: Any) -> bool:
    """Whether there is a text among numbers: in an array, every one of them would take as much space as the longest."""
    return isinstance(value, (str, bytes)) or (isinstance(value, (list, tuple)) and any(map(_has_texts, value)))


def not_so(expect: Any, wanted: str) -> NoReturn:
    """End a test that cannot go on, with a property that does not hold. Raises TypeError."""
    expect.that(False, wanted)
    raise TypeError(wanted)


def in_one_order(features: torch.Tensor) -> torch.Tensor:
    """The rows sorted by a weighted sum of their entries, so that the order in which they came does not matter."""
    weights = torch.cos(torch.arange(1, features.shape[1] + 1, dtype=torch.float64))
    return features[(features.double() @ weights).argsort()]


def beside_own_labels(features: torch.Tensor, labels: torch.Tensor, given: Any) -> bool:
    """Whether each row of features stands beside the label of the picture that it is the nearest to."""
    nearest = torch.cdist(features.double(), given.known.double()).argmin(1)
    return labels.shape == nearest.shape and bool((labels == given.y[nearest]).all())
