"""Set-ups that several questions of feature_extraction share."""

from __future__ import annotations

from typing import NoReturn

import torch

from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Model
from grader.student.views import as_matrix

FEATURES, OUTPUTS = (as_matrix(title, rows=6, columns=8) for title in ("Features", "Outputs"))


def dropout_factors(
    model: Model, picture: torch.Tensor, bias: torch.Tensor, size: int = 48
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


def more_pictures(given: Given, x: torch.Tensor) -> torch.Tensor:
    """Other pictures like `x` (as many, as large, as far from those of the pretraining)."""
    return 1.5 * given.tensor(*x.shape) - 0.5


def not_so(expect: Expect, wanted: str) -> NoReturn:
    """End a test that cannot go on, with a property that does not hold. Raises TypeError."""
    expect.that(False, wanted)
    raise TypeError(wanted)
