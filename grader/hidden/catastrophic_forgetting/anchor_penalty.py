"""Hidden tests of `take_anchor`, `fisher` and `anchor_penalty`.

What an anchor and its weights look like is left to the answer: they are only handed back to it. A penalty shows what is
in them by its gradient.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.catastrophic_forgetting.setups import not_so
from grader.hidden.registry import hidden_test
from grader.student.views import View, moved_from
from tlcore import plots

RTOL = 2e-3
"""Of sums of squares and their gradients. Four ways of writing them differ by 4e-6, relatively."""
KINDS = (("net", "float32"), ("resnet", "float32"), ("vit", "float64"), ("bert", "float32"))


def anchored(student: Any, given: Any, kind: str, dtype: str = "float32") -> Any:
    """A pretrained model of the zoo, and what the answer keeps of it."""
    model = given.model(kind, dtype)
    return SimpleNamespace(
        model=model, head=model.config.head, anchor=student.take_anchor.kept(model, model.config.head)
    )


def penalty(student: Any, expect: Any, it: Any, weight: Any = None) -> dict[str, torch.Tensor]:
    """The value of the penalty, and its gradient for every parameter."""
    arguments = (it.model, it.anchor) if weight is None else (it.model, it.anchor, weight)
    found = student.tools.penalty_and_gradients(student.anchor_penalty.kept(*arguments), it.model)
    if not isinstance(found, dict) or not all(isinstance(v, torch.Tensor) for v in found.values()):
        not_so(expect, "anchor_penalty returns a tensor of one number")
    expect.that(bool(found.pop("in a graph")), "a gradient can go from the penalty to the model")
    return found


def parts_of(found: dict[str, torch.Tensor]) -> dict[str, float]:
    """The length of the gradient of each part, by the first two steps of its path."""
    parts: dict[str, float] = {}
    for name, gradient in found.items():
        if name != "the penalty":
            part = ".".join(name.split(".")[:2])
            parts[part] = (parts.get(part, 0.0) ** 2 + float(gradient.double().norm()) ** 2) ** 0.5
    return parts


def says(found: dict[str, torch.Tensor]) -> str:
    """The value, and how long the gradients of some parts are."""
    parts = parts_of(found)
    shown = [*list(parts.items())[:2], *list(parts.items())[-2:]]
    lengths = ", ".join(f"{part} {length:.3g}" for part, length in dict(shown).items())
    return f"value {float(found['the penalty']):.4g}; length of the gradient: {lengths}"


def draws(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> dict[str, Any]:
    """The gradient of each part."""
    yours, right = parts_of(found), parts_of(expected)
    names = list(right)[:30]
    values = ([yours.get(name, 0.0) for name in names], [right[name] for name in names])
    return plots.bars("Gradient of the penalty", names, *values, ylabel="length")


VIEW = View(says, draws)


@hidden_test(
    weight=3, says="Where is the penalty zero, in which direction does it pull, and which part does it not see?"
)
def test_the_way_back(student, given, expect):
    """The penalty is zero at the anchor and pulls back to it; the head is free"""
    for kind, dtype in KINDS:
        it = anchored(student, given, kind, dtype)
        student.tools.shift_parameters(it.model, given.integer(0, 10**6), 0.1)
        of = it.model.config.words
        expect(penalty(student, expect, it), f"penalty of {of} that has moved", rtol=RTOL, atol=1e-4, view=VIEW)
    it = anchored(student, given, "net")
    expect(penalty(student, expect, it), "penalty at the anchor", atol=1e-6, view=VIEW)
    student.tools.shift_parameters(it.model, given.integer(0, 10**6), 0.2)
    expect(penalty(student, expect, it), "penalty of the same model, moved", rtol=RTOL, atol=1e-4, view=VIEW)
    model = given.model("resnet")
    student.tools.head_alone(model, model.config.head, True)
    it = SimpleNamespace(model=model, anchor=student.take_anchor.kept(model, model.config.head))
    student.tools.head_alone(model, model.config.head, False)
    student.tools.shift_parameters(model, given.integer(0, 10**6), 0.1)
    label = f"penalty of {model.config.words} whose body was frozen when the anchor was taken, and has moved since"
    expect(penalty(student, expect, it), label, rtol=RTOL, atol=1e-4, view=VIEW)
    head = given.choice(["fc", "head", "classifier"])
    model = student.tools.part_called_nearly_alike(head, given.integer(4, 6), given.integer(3, 5))
    it = SimpleNamespace(model=model, anchor=student.take_anchor.kept(model, head))
    student.tools.shift_parameters(model, given.integer(0, 10**6), 0.2)
    label = f"penalty where the head is {head}, and {head}_norm is part of the body"
    expect(penalty(student, expect, it), label, rtol=RTOL, atol=1e-4, view=VIEW)


@hidden_test(weight=1, says="What is in your anchor after some steps of training, and what pulls at the model?")
def test_training_with_it(student, given, expect):
    """Training moves the model and not the anchor"""
    for kind in ("net", "vit"):
        it = anchored(student, given, kind)
        x, y = given.inputs(it.model, 8), given.labels(8, it.model.config.n_classes)
        for step in range(2):
            it.model.train(x, y, steps=2, lr=0.05)
            label = f"penalty of {it.model.config.words} after {2 * step + 2} steps of training"
            expect(penalty(student, expect, it), label, rtol=RTOL, atol=1e-5, view=VIEW)


@hidden_test(
    weight=3, says="The square of a mean and the mean of squares are not the same. Of which rows, in which mode?"
)
def test_weights(student, given, expect):
    """Weights are means over the rows of squared gradients, and each parameter is held by its own"""
    for kind, dtype, rows in (("net", "float32", 7), ("vit", "float64", 5), ("resnet", "float32", 1)):
        it = anchored(student, given, kind, dtype)
        x, y = given.inputs(it.model, rows), given.labels(rows, it.model.config.n_classes)
        weight = student.fisher.kept(it.model, it.anchor, x, y)
        student.tools.shift_parameters(it.model, given.integer(0, 10**6), 0.3)
        label = f"weighted penalty of {it.model.config.words}, weights from {rows} rows"
        expect(penalty(student, expect, it, weight), label, rtol=RTOL, atol=1e-6, view=VIEW)


@hidden_test(weight=1, says="What does the model's owner do next, and with which gradients, statistics and modes?")
def test_the_model_stays(student, given, expect):
    """Measuring the weights leaves the model as it was"""
    for training in (True, False):
        it = anchored(student, given, "net")
        classes = it.model.config.n_classes
        x, y = given.inputs(it.model, 6), given.labels(6, classes)
        student.tools.leave_gradients(it.model, 0.5)
        it.model.mode(training)
        before = it.model.tensors()
        weight = student.fisher.kept(it.model, it.anchor, x, y)
        came = "train" if training else "eval"
        expect(it.model(x), f"what a model says next that came in {came} mode", atol=1e-4)
        expect(it.model.tensors(), f"its tensors that came in {came} mode", atol=1e-5, view=moved_from(before))
        left = student.tools.read_gradients(it.model)
        expect(left, "the gradients that were in the parameters", view=VIEW if "the penalty" in left else None)
        student.tools.shift_parameters(it.model, given.integer(0, 10**6), 0.3)
        expect(penalty(student, expect, it, weight), "the penalty then", rtol=RTOL, atol=1e-6, view=VIEW)
