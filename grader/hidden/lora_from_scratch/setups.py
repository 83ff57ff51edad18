"""Set-ups that several questions of lora_from_scratch share."""

import torch

from tlcore import plots


def sizes(given):
    """Rank, inputs and outputs, all different; and an alpha that no wrong scale turns into the same number."""
    n_in, n_out = given.choice([(5, 9), (6, 11), (11, 7), (13, 8)])
    return given.choice([2, 3, 4]), n_in, n_out, given.choice([5.0, 7.0, 10.0, 14.0])


def factors(given, r, n_in, n_out, dtype=torch.float32):
    """Hidden values for A (r, in) and B (out, r)."""
    return given.tensor(r, n_in, dtype=dtype) / 2, given.tensor(n_out, r, dtype=dtype) / 2


def short(value):
    """Shape and length of a tensor."""
    return f"{' × '.join(map(str, value.shape))} of length {value.norm():.4g}"


def as_matrix(observed, expected):
    """Draws both as matrices, with the entries that differ framed."""
    return plots.matrix("Yours and the expected", observed, expected)


EXACT = 1e-10
"""Tolerance in double precision, where equivalent formulations differ by 1e-15 (twenty seeds) and single precision by
1e-8."""
