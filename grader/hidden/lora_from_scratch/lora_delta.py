"""Hidden tests of `lora_delta`."""

from __future__ import annotations

from typing import Any

import torch

from grader.hidden.lora_from_scratch.setups import KINDS, MATRIX, factors, short, sizes
from grader.hidden.registry import hidden_test
from grader.student.tensors import as_tensor
from grader.student.views import View


def in_words(value: Any) -> str:
    """Shape and singular values: what tells one update from another at a glance."""
    value = as_tensor(value).double()
    if value.numel() > 10_000:  # none that is due has more than 1008 numbers; a large one takes minutes to take apart
        return short(value)
    strengths = ", ".join(f"{s:.3g}" for s in torch.linalg.svdvals(value)[:3])
    return f"{' × '.join(map(str, value.shape))}, largest singular values {strengths}"


UPDATE = View(in_words, MATRIX.draws)


@hidden_test(weight=1, says="Which factor reads the input, and which writes the output?")
def test_the_update_has_the_right_direction(student, given, expect):
    """The update is the product of the factors, as large as the weight"""
    for kind in ("plain", "plain", "square", "higher"):
        r, n_in, n_out, alpha = sizes(given, kind)
        delta = as_tensor(student.lora_delta(*factors(given, r, n_in, n_out), alpha)).double()
        # Only the direction: the scale has a test of its own.
        expect(delta / delta.norm(), f"the update for A {r} × {n_in} and B {n_out} × {r}, scaled to length 1")


@hidden_test(weight=2, says="What should happen to the update when r is doubled?")
def test_the_update_has_the_right_strength(student, given, expect):
    """The update has the strength alpha / r, whatever alpha and r are"""
    for kind in ("plain", *(kind for kind in KINDS if kind != "plain")):
        r, n_in, n_out, alpha = sizes(given, kind)
        delta = student.lora_delta(*factors(given, r, n_in, n_out), alpha)
        expect(delta, f"the update for r = {r} and alpha = {alpha:g}", view=UPDATE)
    delta = student.lora_delta(*factors(given, r, n_in, n_out), alpha)
    expect(delta, "the update of other factors, as large as those before", view=UPDATE)


@hidden_test(weight=1, says="What do A and B hold after your function?")
def test_the_factors_stay_as_they_are(student, given, expect):
    """A and B are only read, and any numbers may stand in them: rows that are alike, very small ones"""
    r, n_in, n_out, alpha = sizes(given, "negative")
    a, b = factors(given, r, n_in, n_out)
    held = [student.tools.held.kept(factor) for factor in (a, b)]
    for times in ("once", "twice"):
        expect(student.lora_delta(*held, alpha), f"the update, asked for {times}", view=UPDATE)
    for name, factor, value in zip("AB", held, (a, b), strict=True):
        expect(student.tools.held(factor), f"{name} afterwards", equals=value)
    a, b = factors(given, *sizes(given)[:3])
    a[1] = a[0]
    expect(student.lora_delta(a, b, 6.5), "the update where two rows of A are alike", view=UPDATE)
    a, b = factors(given, *sizes(given)[:3])
    small = as_tensor(student.lora_delta(a / 1000, b / 1000, 5.0)).double()
    expect(1e6 * small, "a million times the update of very small factors", view=UPDATE)
