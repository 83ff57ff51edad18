"""Hidden tests of `grad_reverse` and `dann_losses`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.domain_adaptation.setups import not_so
from grader.hidden.registry import hidden_test
from grader.student.views import as_matrix, moved_from

ATOL = 1e-4
"""Steps on numbers around 1; the largest difference between four ways of writing it is 2e-6."""


def as_tensor(value: Any, expect: Any) -> torch.Tensor:
    """What `grad_reverse` returned, which has to be a tensor."""
    if not isinstance(value, torch.Tensor):
        not_so(expect, "grad_reverse(x, lam) returns a tensor")
    return value


@hidden_test(weight=2, says="What should the layer do on the way forward, and what on the way back?")
def test_forward_the_same_backward_reversed(student, given, expect):
    """Values go forward unchanged, the gradient comes back multiplied by -lam"""
    shapes = [(7,), (4, 5), (2, 3, 4, 4)]
    given.random.shuffle(shapes)
    for shape, lam in zip(shapes, (given.choice([0.3, 0.7]), given.choice([1.5, 2.5]), 1.0), strict=True):
        dtype = given.choice([torch.float32, torch.float64])
        values, weights = given.tensor(*shape, dtype=dtype), given.tensor(*shape, dtype=dtype)
        x = student.tools.leaf.kept(values)
        y = student.grad_reverse.kept(x, lam)
        what = f"a tensor with {len(shape)} dimensions, lam = {lam:g}"
        # Beside the reversed way, x is used on another, whose gradient comes as it is.
        beside = float(given.integer(2, 5))
        gradient = student.tools.gradient_through(y, x, weights, beside)
        expect(as_tensor(student.grad_reverse(x, lam), expect), f"values that come out, {what}")
        expect(gradient, f"gradient that comes back, {what}", equals=beside - lam * weights, atol=ATOL)
        expect(student.tools.read_tensors({"x": x})["x"], f"values that went in, {what}", equals=values)


@hidden_test(weight=1, says="What do lam = 0, and two reversals one after the other, do to a gradient?")
def test_zero_and_two_in_a_row(student, given, expect):
    """With lam = 0 no gradient comes back, two reversals multiply, and layers before it learn accordingly"""
    width, n_in = given.integer(4, 6), given.integer(3, 7)
    layer = student.tools.linear(n_in, width)
    student.tools.pin(layer, given.tensor(width, n_in), given.tensor(width))
    for first, second in ((given.choice([0.5, 2.0]), given.choice([0.6, 3.0])), (0.0, None), (0.4, None)):
        x, weights = given.tensor(6, n_in), given.tensor(6, width)
        y = student.grad_reverse.kept(student.tools.run.kept(layer, x), first)
        if second is not None:
            y = student.grad_reverse.kept(y, second)
        label = f"gradients of a layer before it, lam = {first:g}" + (f", then {second:g}" if second else "")
        expect(student.tools.gradient_into(y, layer, weights), label, atol=ATOL)


@hidden_test(weight=1, says="Can your function be used where no gradients are recorded, as in a test of the critic?")
def test_where_no_gradient_is_asked_for(student, given, expect):
    """Where no gradients are recorded it gives the values, and afterwards it reverses as before"""
    values = given.tensor(5, 3)
    expect(as_tensor(student.grad_reverse(values, 0.8), expect), "values of a tensor that asks for no gradient")
    x, weights = student.tools.leaf.kept(values + 1), given.tensor(5, 3)
    y = student.grad_reverse.kept(x, 0.8)
    gradient = student.tools.gradient_through(y, x, weights, 0.0)
    expect(gradient, "gradient that comes back afterwards, lam = 0.8", equals=-0.8 * weights, atol=ATOL)


def adversaries(student: Any, given: Any, kind: str = "dense", dtype: str = "float32") -> Any:
    """Three networks, labelled source pictures, and another number of target pictures."""
    n_in, width, n_classes = given.integer(2, 4), given.integer(4, 8), given.integer(3, 6)
    networks = student.tools.adversaries(kind, n_in, width, n_classes, dtype)
    n_source, n_target = given.distinct(2, 5, 12)
    shape = (n_in, 6, 6) if kind == "conv" else (n_in,)
    numbers = getattr(torch, dtype)
    x = given.tensor(n_source, *shape, dtype=numbers)
    target = 0.5 * given.tensor(n_target, *shape, dtype=numbers) + 1
    parts = [networks.part(name) for name in ("body", "head", "critic")]
    source = (x, given.labels(n_source, n_classes))
    return SimpleNamespace(networks=networks, parts=parts, source=source, target=target)


def losses_of(student: Any, it: Any, lam: float) -> Any:
    """What the answer returns, left where it is."""
    return student.dann_losses.kept(*it.parts, it.source, it.target, lam)


def values_of(losses: Any, expect: Any) -> list[torch.Tensor]:
    """The two numbers."""
    values = [losses[0], losses[1]]
    if not all(isinstance(value, torch.Tensor) and value.numel() == 1 for value in values):
        not_so(expect, "dann_losses returns two losses, each one number in a tensor")
    return [value.reshape(()) for value in values]


@hidden_test(weight=3, says="Which pictures does each loss look at, and what does it compare them with?")
def test_the_two_losses(student, given, expect):
    """The label loss is of the source alone, the domain loss of both, and lam does not change their values"""
    for kind, lam in (("dense", given.choice([0.3, 2.0])), ("conv", 1.0)):
        it = adversaries(student, given, kind)
        label, domain = values_of(losses_of(student, it, lam), expect)
        what = f"{len(it.source[1])} pictures of the source and {len(it.target)} of the target, lam = {lam:g}"
        expect(label, f"label loss, {what}", atol=ATOL)
        expect(domain, f"domain loss, {what}", atol=ATOL)


@hidden_test(weight=4, says="In which direction do body, head and critic move for each of the two losses?")
def test_one_step_on_their_sum(student, given, expect):
    """One step on the sum: the critic learns to tell, the body to hide it, and the head the labels"""
    for kind, dtype, lam in (
        ("dense", "float32", given.choice([0.4, 0.6])),
        ("conv", "float32", given.choice([1.7, 2.2])),
        ("dense", "float64", 0.0),
    ):
        it = adversaries(student, given, kind, dtype)
        before = it.networks.tensors()
        for _ in range(2):
            student.tools.step_on_losses(losses_of(student, it, lam), it.networks, 0.5)
        label = f"what moved in two steps, lam = {lam:g}, {kind} body"
        expect(it.networks.tensors(), label, atol=ATOL, view=moved_from(before))
        says = it.parts[0].outputs(it.target)
        expect(says, f"features of the target after that, lam = {lam:g}", atol=ATOL, view=as_matrix("Features"))
