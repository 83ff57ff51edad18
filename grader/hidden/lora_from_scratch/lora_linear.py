"""Hidden tests of `lora_linear`."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from grader.hidden.lora_from_scratch.setups import EXACT, MATRIX, factors, sizes
from grader.hidden.registry import hidden_test
from grader.student.compare import same
from grader.student.given import Given
from grader.student.proxy import Model


def one_by_one(given: Given, r: int, n_in: int, n_out: int) -> tuple[Tensor, Tensor]:
    """Hidden values for A and B, such that each input is read by one row of A only."""
    _, b = factors(given, r, n_in, n_out)
    a = torch.zeros(r, n_in)
    a[torch.arange(n_in) % r, torch.arange(n_in)] = given.tensor(n_in).sign() + given.tensor(n_in) / 4
    return a, b


def one_input_a_row(given: Given, n_in: int) -> Tensor:
    """As many rows as inputs; row i has a hidden number at input i, and nothing else."""
    return torch.diag(given.tensor(n_in).sign() * (1 + given.tensor(n_in).abs()))


def agree(one: Tensor, other: Tensor) -> bool:
    """Whether two outputs are the same up to the order of additions (measured: 2e-7 for numbers around 1)."""
    return bool(torch.isfinite(one).all()) and same(one, other, 2e-6, 2e-6)


def along(one: Tensor, other: Tensor) -> bool:
    """Whether two updates have one direction, whatever their size (cosine of 1 within 1e-3; single precision: 1e-5)."""
    if one.shape != other.shape or not torch.isfinite(one).all():
        return False
    one, other = one.double().flatten(), other.double().flatten()
    return bool(one @ other > 0.999 * one.norm() * other.norm())


def differ(one: Tensor, other: Tensor) -> bool:
    """Whether two outputs are tensors of numbers of one shape that are clearly not the same."""
    return bool(one.shape == other.shape and torch.isfinite(one).all() and (one - other).abs().max() > 1e-3)


def dropped_or_kept(passes: list[Tensor], whole: Tensor, p: float) -> bool:
    """Whether every number of some passes is 0 or `1 / (1 - p)` of that of `whole`, and there are both."""
    if any(part.shape != whole.shape or not torch.isfinite(part).all() for part in passes):
        return False
    parts = torch.stack(passes)
    # Measured over forty keys and all right answers: 4e-6 at most, where half of the numbers are beyond 1.
    dropped, kept = ((parts - n * whole).abs() < 1e-4 for n in (0, 1 / (1 - p)))
    return bool((dropped | kept).all()) and not dropped.all() and not kept.all()


def one_by_one_dropped(passes: list[Tensor], first: Tensor, second: Tensor) -> bool:
    """Whether some passes hold twice the `first` part without the `second`, as where inputs are dropped one by one."""
    if any(part.shape != first.shape or not torch.isfinite(part).all() for part in passes):
        return False
    parts = torch.stack(passes)
    alone = [bool(((parts - 2 * part).abs().amax(-1) < 1e-3).any()) for part in (first, second)]
    sums = [(parts - 2 * whole).abs().amax(-1) < 1e-3 for whole in (0 * first, first, second, first + second)]
    return any(alone) and bool(torch.stack(sums).any(0).all())


def three_steps_lead(
    start: Mapping[str, Tensor], end: Mapping[str, Tensor], x: Tensor, y: Tensor, before: Tensor, update: Tensor
) -> bool:
    """Whether three steps of SGD (learning rate 0.1, mean squared error) lead the factors from `start` to `end`.

    The scale is the answer's own, read off the update that `end` makes: it has a test of its own.
    """
    x, y, before, update = (v.double() for v in (x, y, before, update))
    a, b = (start[name].double().clone().requires_grad_() for name in "AB")
    now = x @ end["A"].double().T @ end["B"].double().T
    scale = (update * now).sum() / now.square().sum()
    sgd = torch.optim.SGD([a, b], lr=0.1)
    for _ in range(3):
        sgd.zero_grad()
        torch.nn.functional.mse_loss(before + scale * (x @ a.T @ b.T), y).backward()
        sgd.step()
    # Right answers are off by 5.2e-5 of the way at most (forty keys, seven formulations).
    ways = ((end["A"] - a.detach(), a.detach() - start["A"]), (end["B"] - b.detach(), b.detach() - start["B"]))
    return all(bool(off.norm() < 0.01 * way.norm()) for off, way in ways)


def trainable_of(layer: Model, a: tuple[int, int], b: tuple[int, int]) -> dict[str, Tensor]:
    """The trainable parameters shaped like A and like B (either way round), by these names."""
    found = {}
    for value in layer.parameters(trainable=True):
        for name, shape in (("A", a), ("B", b)):
            if tuple(value.shape) in (shape, shape[::-1]):
                found[name] = value if tuple(value.shape) == shape else value.T
    return found


@hidden_test(weight=2, stand_ins=("lora_delta",), says="Which gradients do A and B get in the first step?")
def test_starts_as_its_base_and_learns(student, given, expect):
    """A new layer answers exactly as its base, and then both factors learn"""
    r, n_in, n_out, alpha = sizes(given)
    base, x = student.tools.linear(n_in, n_out), given.tensor(7, n_in)
    before = base.outputs(x)
    expect(before, "what the base answers")
    layer = student.LoRALinear(base, r, alpha, 0.1)
    expect.that(agree(layer.outputs(x), before), "a new layer answers exactly as its base does")
    start, y = trainable_of(layer, (r, n_in), (n_out, r)), given.tensor(7, n_out)
    layer.train(x, y, steps=3, lr=0.1, training=False)
    end = trainable_of(layer, (r, n_in), (n_out, r))
    for factor in ("A", "B"):
        label = f"{factor} has other values after three training steps"
        expect.that(factor in start and factor in end and not torch.equal(start[factor], end[factor]), label)
    # Numbers of the right shape may move without being of any use; the scale has a test of its own.
    update = layer.outputs(x) - before
    used = "A" in end and "B" in end and along(update, x @ end["A"].T @ end["B"].T)
    expect.that(used, "what the factors have learned is in the output")
    # Nor may they be any numbers: from where they began, three steps lead to one place.
    learned = used and three_steps_lead(start, end, x, y, before, update)
    expect.that(learned, "the factors have learned what the three steps teach them")


@hidden_test(weight=3, stand_ins=("lora_delta",), says="Write h = W x + b + (alpha / r) B A x beside it.")
def test_adds_the_update_once(student, given, expect):
    """The output is the base's plus the scaled update's, for x with any number of axes"""
    for kind, axes in (("plain", (4,)), ("fraction", (2, 3)), ("one", (2, 1, 2)), ("higher", ()), ("negative", (1,))):
        r, n_in, n_out, alpha = sizes(given, kind)
        layer = student.LoRALinear(student.tools.linear(n_in, n_out), r, alpha, 0.2)
        student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
        label = f"the output for x of shape {(*axes, n_in)}, r = {r}, alpha = {alpha:g}"
        expect(layer.outputs(given.tensor(*axes, n_in)), label, view=MATRIX if len(axes) == 1 else None)
    for kind, bias, what in (("plain", False, "where the base has no bias"), ("square", True, "of a square layer")):
        r, n_in, n_out, alpha = sizes(given, kind)
        layer = student.LoRALinear(student.tools.linear(n_in, n_out, bias=bias), r, alpha, 0.1)
        student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
        expect(layer.outputs(given.tensor(2, n_in)), f"the output {what}")
    r, n_in, n_out, alpha = sizes(given, "large")
    layer = student.LoRALinear(student.tools.linear(n_in, n_out), r, alpha, 0.1)
    student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
    x = given.tensor(3, n_in)
    student.tools.used(layer, x, times=150)
    within = {"atol": 2e-3, "rtol": 1e-4}  # numbers around 50, sums of 600 products
    expect(layer.outputs(x), f"the output of a large layer, r = {r}, after it was used 150 times", **within)


@hidden_test(weight=1, stand_ins=("lora_delta",), says="Print A and B of two new layers. What is random in them?")
def test_one_factor_starts_random(student, given, expect):
    """A new layer's update is zero, and the factor that is not zero is random"""
    r, n_in, n_out = 4, 64, given.choice([48, 56])
    seen = []
    for alpha in (given.choice([5.0, 9.0]), given.choice([3.0, 7.5])):
        base, x = student.tools.linear(n_in, n_out), given.tensor(3, n_in)
        before = base.outputs(x)
        layer = student.LoRALinear(base, r, alpha, 0.1)
        expect.that(agree(layer.outputs(x), before), "a new layer answers exactly as its base does")
        seen.append(trainable_of(layer, (r, n_in), (n_out, r)))
        # Numbers of this shape may be anybody's: what follows from other ones is the layer's own.
        student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
        expect(layer.outputs(x), "the output with given factors", atol=1e-3, rtol=1e-4)
    starts = [max(found.values(), key=lambda v: float(v.norm()), default=torch.zeros(r, 2)) for found in seen]
    one, other = (start.double() for start in starts)
    # A standard deviation of 0.001 is asked for; a tenth of that leaves no right answer in doubt.
    expect.that(bool(one.std() > 1e-4 and torch.isfinite(one).all()), "the factor that is not zero is not tiny")
    strengths = torch.linalg.svdvals(one)
    expect.that(bool(strengths[-1] > 0.01 * strengths[0]), "its r rows (or columns) are not alike")
    expect.that(not torch.equal(one, other), "another layer starts with other numbers")


@hidden_test(weight=2, stand_ins=("lora_delta",), says="Through which of the two paths do gradients go back to x?")
def test_gradients_reach_what_comes_before(student, given, expect):
    """Gradients flow through the base and the update to what comes before the layer"""
    for kind in ("plain", "fraction"):
        r, n_in, n_out, alpha = sizes(given, kind)
        layer = student.LoRALinear(student.tools.linear(n_in, n_out), r, alpha, 0.1)
        student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
        gradient = student.tools.input_gradient(layer, given.tensor(3, n_in), given.tensor(3, n_out))
        expect(gradient, f"the gradient that reaches x, r = {r}, alpha = {alpha:g}", atol=1e-4, rtol=1e-4)


@hidden_test(weight=2, stand_ins=("lora_delta",), says="The optimizer was handed every parameter.")
def test_only_the_factors_learn(student, given, expect):
    """Training moves the factors and nothing else; the base is the layer that was handed over, not a copy"""
    for kind in ("plain", "fraction"):
        r, n_in, n_out, alpha = sizes(given, kind)
        base = student.tools.linear(n_in, n_out)
        weight = student.tools.weight_of.kept(base)
        layer = student.LoRALinear(base, r, alpha, 0.3)
        student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
        x = given.tensor(6, n_in)
        # The stronger the update, the shorter the steps: where training diverges, right answers differ in the third
        # digit.
        lr = 0.1 * min(1.0, (r / alpha) ** 2)
        layer.train(x, given.tensor(6, n_out), steps=3, lr=lr, training=False)
        a, b = student.tools.get_factors(layer, [r, n_in], [n_out, r])
        expect(a, "A after three training steps")
        expect(b, "B after three training steps")
        expect(layer.outputs(x), "the output after three training steps", view=MATRIX)
        student.tools.fill(weight, given.tensor(n_out, n_in))
        expect(layer.outputs(x), "the output after the weight of the base was changed from outside")
    shapes = {tuple(p.shape) for p in base.parameters(trainable=True)}
    expect.that(not shapes & {(n_out, n_in), (n_out,)}, "the layer that was handed over cannot learn any more")


@hidden_test(weight=2, stand_ins=("lora_delta",), says="Which of the two paths should go without dropout?")
def test_dropout_is_on_the_low_rank_path_only(student, given, expect):
    """Dropout acts on the input of the update, in training mode, and leaves the base's path alone"""
    r, n_in, n_out, alpha = sizes(given)
    base, x = student.tools.linear(n_in, n_out), given.tensor(5, n_in)
    alone = base.outputs(x)
    expect(alone, "what the base answers")
    pinned = factors(given, r, n_in, n_out)
    # Dropout that drops everything leaves nothing to chance.
    layer = student.tools.set_factors(student.LoRALinear(base, r, alpha, 1.0), *pinned)
    a, b = pinned
    there = along(layer.outputs(x) - alone, x @ a.T @ b.T)
    expect.that(there, "the update is there in eval mode, whatever the dropout")
    expect(layer.outputs(x, training=True), "in train mode with dropout 1, what is left", equals=alone)
    # Little dropout: in eval mode there is none, and a large layer would show a little.
    r, n_in, n_out, alpha = sizes(given, "large")
    base, x, pinned = student.tools.linear(n_in, n_out), given.tensor(20, n_in), factors(given, r, n_in, n_out)
    layer = student.tools.set_factors(student.LoRALinear(base, r, alpha, 0.03), *pinned)
    expect(layer.outputs(x), "the output in eval mode with dropout 0.03", atol=2e-3, rtol=1e-4)
    # One input a row, and each is read by one row of A: then every part of the update is dropped or kept as a whole.
    for p in (0.5, given.choice([0.4, 0.6])):
        r, n_in, n_out, alpha = sizes(given)
        base, (a, b) = student.tools.linear(n_in, n_out), one_by_one(given, r, n_in, n_out)
        x = one_input_a_row(given, n_in)
        alone = base.outputs(x)
        expect(alone, f"what the base of a layer with dropout {p} answers")
        layer = student.tools.set_factors(student.LoRALinear(base, r, alpha, p), a, b)
        update = layer.outputs(x) - alone
        # Eight passes: one mask for all rows, where an answer has that, is the same twice in a row once in 2**n_in
        # times.
        first, *others = passes = [layer.outputs(x, training=True) for _ in range(8)]
        expect.that(any(differ(first, y) for y in others), f"with dropout {p}, passes drop different things")
        kept = along(update, x @ a.T @ b.T) and dropped_or_kept([y - alone for y in passes], update, p)
        expect.that(kept, f"with dropout {p}, each part of the update is 0 or {1 / (1 - p):.3g} times what it was")
    # Two inputs that one row of A reads: dropout of x drops the one without the other.
    base, x = student.tools.linear(n_in, n_out), torch.zeros(6, n_in)
    a, b = one_by_one(given, r, n_in, n_out)
    x[:, 0], x[:, r] = 1.0, 1.5
    alone = base.outputs(x)
    layer = student.tools.set_factors(student.LoRALinear(base, r, alpha, 0.5), a, b)
    parts = [x[:, i : i + 1] @ a[:, i : i + 1].T @ b.T * alpha / r for i in (0, r)]
    expect(layer.outputs(x) - alone, "the update of two inputs", equals=sum(parts), atol=1e-4, rtol=1e-4)
    passes = [layer.outputs(x, training=True) - alone for _ in range(16)]
    expect.that(one_by_one_dropped(passes, *parts), "dropout drops inputs of the update one by one")


@hidden_test(weight=1, stand_ins=("lora_delta",), says="What do the factors inherit from their base?")
def test_has_the_precision_of_its_base(student, given, expect):
    """The factors and the output have the dtype of the base"""
    for dtype, kind, within in ((torch.float64, "plain", EXACT), (torch.bfloat16, "fraction", 0.06)):
        name = str(dtype).removeprefix("torch.")
        r, n_in, n_out, alpha = sizes(given, kind)
        layer = student.LoRALinear(student.tools.linear(n_in, n_out, dtype=name), r, alpha, 0.1)
        kinds = {p.dtype for p in layer.parameters(trainable=True)}
        if expect.that(kinds == {dtype}, f"the factors have the dtype of the base, {name}"):
            student.tools.set_factors(layer, *factors(given, r, n_in, n_out, dtype))
            y = layer.outputs(given.tensor(3, n_in, dtype=dtype))
            expect(y.double(), f"the output in {name}", atol=within, rtol=within)
