"""Hidden tests of `freeze`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.registry import hidden_test
from grader.student.proxy import model_from
from tlcore import plots

MANY_LETTERS = 100_000
"""In names of layers that nobody tells one by one: a network of 400 layers has a tenth of it."""


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


@hidden_test(weight=3, says="Which parameters are inside the part, at whatever depth, and which are not?")
def test_frozen_layers_stay_put_while_the_rest_learns(student, given, expect):
    """Frozen parameters stay put at every depth while the rest learns"""
    net = tower(student, given)
    backbone = net.model.part("backbone")
    model = backbone.replaced_by(student.freeze(backbone))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved in three steps", **moved_from(before))


@hidden_test(weight=1, says="An optimizer leaves a parameter alone only where there is no gradient at all.")
def test_weight_decay_does_not_move_them_either(student, given, expect):
    """Weight decay does not move them either"""
    net = tower(student, given)
    backbone = net.model.part("backbone")
    model = backbone.replaced_by(student.freeze(backbone))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.05, optimizer="AdamW", weight_decay=0.5)
    expect(model.tensors(), "parameters that AdamW moved in three steps", **moved_from(before))


@hidden_test(weight=1, says="One parameter can be part of two layers.")
def test_a_shared_parameter_is_frozen_wherever_it_is_used(student, given, expect):
    """A parameter that another layer shares is frozen there too"""
    net = tower(student, given, tied=True)
    backbone = net.model.part("backbone")
    model = backbone.replaced_by(student.freeze(backbone))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved, where two layers share one", **moved_from(before))


@hidden_test(weight=1, says="What is frozen are the parameters that are there, not those that come later.")
def test_a_head_put_in_later_learns(student, given, expect):
    """A head that is put into a frozen model later learns"""
    net = tower(student, given)
    width, n_classes = (int(n) for n in reversed(net.model.part("head").weight.shape))
    model = model_from(student.freeze(net.model), net.model)
    student.tools.put_part(model, "head", student.tools.linear(width, n_classes))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved after the whole model was frozen", **moved_from(before))
