"""Hidden tests of `lora_delta`."""

import numpy as np
import torch

from grader.hidden.lora_from_scratch.setups import as_matrix, factors, short, sizes
from grader.hidden.registry import hidden_test


def as_tensor(value):
    """A tensor from a tensor, an array or nested lists of numbers."""
    return (value if isinstance(value, torch.Tensor) else torch.as_tensor(np.asarray(value, dtype=float))).double()


def matrix_in_words(value):
    """Shape and singular values: what tells one update from another at a glance."""
    value = as_tensor(value)
    if value.numel() > 10_000:  # none that is due has more than 143 numbers; a large one takes minutes to take apart
        return short(value)
    strengths = ", ".join(f"{s:.3g}" for s in torch.linalg.svdvals(value)[:3])
    return f"{' × '.join(map(str, value.shape))}, largest singular values {strengths}"


@hidden_test(weight=1, says="Which factor reads the input, and which writes the output?")
def test_the_update_has_the_right_direction(student, given, expect):
    """The update is the product of the factors, as large as the weight"""
    for _ in range(3):
        r, n_in, n_out, alpha = sizes(given)
        delta = as_tensor(student.lora_delta(*factors(given, r, n_in, n_out), alpha))
        # Only the direction: the scale has a test of its own.
        expect(delta / delta.norm(), f"the update for A {r} × {n_in} and B {n_out} × {r}, scaled to length 1")


@hidden_test(weight=2, says="What should happen to the update when r is doubled?")
def test_the_update_has_the_right_strength(student, given, expect):
    """The update has the strength alpha / r"""
    for r in given.distinct(3, 2, 4):
        _, n_in, n_out, alpha = sizes(given)
        delta = student.lora_delta(*factors(given, r, n_in, n_out), alpha)
        expect(delta, f"the update for r = {r} and alpha = {alpha:g}", picture=as_matrix, shows=matrix_in_words)
