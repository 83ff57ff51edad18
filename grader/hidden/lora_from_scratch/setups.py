"""Set-ups that several questions of lora_from_scratch share."""

import torch

from tlcore import plots

KINDS = {
    "plain": ([(5, 9), (6, 11), (11, 7), (13, 8)], [2, 3, 4], [5.0, 7.0, 10.0, 14.0]),
    "square": ([(7, 7), (10, 10)], [2, 3, 4], [3.7, 8.3]),
    "one": ([(5, 8), (9, 6)], [1], [3, 6, 11]),
    "large": ([(40, 22), (21, 48)], [12, 15], [33.0, 64.0]),
    "higher": ([(3, 5), (4, 6)], [7, 8], [9.4, 21.7]),
    "negative": ([(6, 10), (8, 5)], [2, 3], [-4.6, -9.5]),
    "fraction": ([(7, 11), (9, 4)], [2, 3], [0.3, 0.7, 1.6, 2.9]),
}
"""Kinds of layers: their (in, out), ranks ("higher" than both), and alphas. No two kinds have one alpha / r."""


def sizes(given, kind="plain"):
    """Rank, inputs and outputs, all different unless the kind says otherwise; and an alpha of that kind."""
    shapes, ranks, alphas = KINDS[kind]
    n_in, n_out = given.choice(shapes)
    return given.choice(ranks), n_in, n_out, given.choice(alphas)


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
