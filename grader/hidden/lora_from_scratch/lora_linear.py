"""Hidden tests of `lora_linear`."""

import torch

from grader.hidden.lora_from_scratch.setups import EXACT, as_matrix, factors, sizes
from grader.hidden.registry import hidden_test
from grader.student.compare import same


def one_by_one(given, r, n_in, n_out):
    """Hidden values for A and B, such that each input is read by one row of A only."""
    _, b = factors(given, r, n_in, n_out)
    a = torch.zeros(r, n_in)
    a[torch.arange(n_in) % r, torch.arange(n_in)] = given.tensor(n_in).sign() + given.tensor(n_in) / 4
    return a, b


def one_input_a_row(given, n_in):
    """As many rows as inputs; row i has a hidden number at input i, and nothing else."""
    return torch.diag(given.tensor(n_in).sign() * (1 + given.tensor(n_in).abs()))


def agree(one, other):
    """Whether two outputs are the same up to the order of additions (measured: 2e-7 for numbers around 1)."""
    return bool(torch.isfinite(one).all()) and same(one, other, 2e-6, 2e-6)


def along(one, other):
    """Whether two updates have one direction, whatever their size (cosine of 1 within 1e-3; single precision: 1e-5)."""
    if one.shape != other.shape or not torch.isfinite(one).all():
        return False
    one, other = one.double().flatten(), other.double().flatten()
    return bool(one @ other > 0.999 * one.norm() * other.norm())


def differ(one, other):
    """Whether two outputs are tensors of numbers of one shape that are clearly not the same."""
    return bool(one.shape == other.shape and torch.isfinite(one).all() and (one - other).abs().max() > 1e-3)


def dropped_or_doubled(passes, whole):
    """Whether every number of some passes is 0 or twice that of `whole`, as with dropout 0.5, and there are both."""
    if any(part.shape != whole.shape or not torch.isfinite(part).all() for part in passes):
        return False
    parts = torch.stack(passes)
    # Measured over forty keys and all right answers: 4e-6 at most, where half of the numbers are beyond 1.
    dropped, doubled = ((parts - n * whole).abs() < 1e-4 for n in (0, 2))
    return bool((dropped | doubled).all()) and not dropped.all() and not doubled.all()


def three_steps_lead(start, end, x, y, before, update):
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


def trainable_of(layer, a, b):
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
    """The output is the base's plus the scaled update's"""
    r, n_in, n_out, alpha = sizes(given)
    layer = student.LoRALinear(student.tools.linear(n_in, n_out), r, alpha, 0.2)
    student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
    expect(layer.outputs(given.tensor(4, n_in)), "the output for four rows", picture=as_matrix)
    expect(layer.outputs(given.tensor(2, 3, n_in)), "the output for two sequences of three")
    bare = student.LoRALinear(student.tools.linear(n_out, n_in, bias=False), r, alpha, 0.2)
    student.tools.set_factors(bare, *factors(given, r, n_out, n_in))
    expect(bare.outputs(given.tensor(1, n_out)), "the output where the base has no bias")


@hidden_test(weight=2, stand_ins=("lora_delta",), says="The optimizer was handed every parameter.")
def test_only_the_factors_learn(student, given, expect):
    """Training moves the factors and nothing else"""
    r, n_in, n_out, alpha = sizes(given)
    layer = student.LoRALinear(student.tools.linear(n_in, n_out), r, alpha, 0.3)
    student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
    x = given.tensor(6, n_in)
    # The stronger the update, the shorter the steps: where training diverges, right answers differ in the third digit.
    layer.train(x, given.tensor(6, n_out), steps=3, lr=0.1 * (r / alpha) ** 2, training=False)
    a, b = student.tools.get_factors(layer, [r, n_in], [n_out, r])
    expect(a, "A after three training steps")
    expect(b, "B after three training steps")
    expect(layer.outputs(x), "the output after three training steps", picture=as_matrix)


@hidden_test(weight=2, stand_ins=("lora_delta",), says="Which of the two paths should go without dropout?")
def test_dropout_is_on_the_low_rank_path_only(student, given, expect):
    """Dropout acts on the update and leaves the base's path alone"""
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
    # One input a row, and each is read by one row of A: then every part of the update is dropped or doubled as a whole,
    # wherever on the low-rank path an answer has its dropout.
    base, (a, b), x = student.tools.linear(n_in, n_out), one_by_one(given, r, n_in, n_out), one_input_a_row(given, n_in)
    alone = base.outputs(x)
    expect(alone, "what another base answers")
    layer = student.tools.set_factors(student.LoRALinear(base, r, alpha, 0.5), a, b)
    update = layer.outputs(x) - alone
    # Eight passes: one mask for all rows, where an answer has that, is the same twice in a row once in 2**n_in times.
    first, *others = passes = [layer.outputs(x, training=True) for _ in range(8)]
    expect.that(any(differ(first, y) for y in others), "with dropout 0.5, passes in train mode drop different things")
    halves = along(update, x @ a.T @ b.T) and dropped_or_doubled([y - alone for y in passes], update)
    expect.that(halves, "with dropout 0.5, each part of the update is dropped or doubled")


@hidden_test(weight=1, stand_ins=("lora_delta",), says="What do the factors inherit from their base?")
def test_works_in_double_precision(student, given, expect):
    """On a base in double precision everything is in double precision"""
    r, n_in, n_out, alpha = sizes(given)
    layer = student.LoRALinear(student.tools.linear(n_in, n_out, dtype="float64"), r, alpha, 0.1)
    kinds = {p.dtype for p in layer.parameters(trainable=True)}
    if expect.that(kinds == {torch.float64}, "the factors have the dtype of the base, float64"):
        student.tools.set_factors(layer, *factors(given, r, n_in, n_out, torch.float64))
        y = layer.outputs(given.tensor(3, n_in, dtype=torch.float64))
        expect(y, "the output in double precision", atol=EXACT, rtol=EXACT)
