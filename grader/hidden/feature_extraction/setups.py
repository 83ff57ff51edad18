"""Set-ups that several questions of feature_extraction share."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import torch

from grader.student.proxy import Model
from tlcore import plots


def as_matrix(title: str, rows: int = 6, columns: int = 8) -> Any:
    """Draws the first rows and columns of a table of numbers."""

    def picture(observed: torch.Tensor, expected: torch.Tensor) -> dict[str, Any]:
        yours, right = (as_tensor(v).float()[:rows, :columns] for v in (observed, expected))
        return plots.matrix(title, yours, right)

    return picture


def how_far_from(before: torch.Tensor) -> Any:
    """Says how far outputs moved, on average, from what they were before training."""
    return lambda after: f"moved by {float((after - before).abs().mean()):.3f}"


def say_drift(before: list[dict[str, torch.Tensor]]) -> Any:
    """Says which statistics moved from `before`."""

    def shows(after: list[dict[str, torch.Tensor]]) -> str:
        moved = [
            f"{name} of norm {i + 1}"
            for i, (now, start) in enumerate(zip(after, before, strict=True))
            for name in start
            if not torch.allclose(now[name].double(), start[name].double(), atol=1e-6)
        ]
        return ", ".join(moved) + " moved" if moved else "as they were"

    return shows


def dropout_factors(
    student: Any, model: Model, picture: torch.Tensor, bias: torch.Tensor, size: int = 48
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


def more_pictures(given: Any, x: torch.Tensor) -> torch.Tensor:
    """Other pictures like `x` (as many, as large, as far from those of the pretraining)."""
    return 1.5 * given.tensor(*x.shape) - 0.5


def as_tensor(value: Any) -> torch.Tensor:
    """A tensor from a tensor, an array, or lists of numbers or of tensors. Raises TypeError for anything else."""
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, torch.Tensor) for v in value):
        return torch.stack(list(value))
    if isinstance(value, (np.ndarray, list, tuple)) and not _has_texts(value):
        return torch.as_tensor(np.asarray(value))
    raise TypeError(f"a {type(value).__name__} where a tensor should be")


def _has_texts(value: Any) -> bool:
    """Whether there is a text among numbers: in an array, every one of them would take as much space as the longest."""
    return isinstance(value, (str, bytes)) or (isinstance(value, (list, tuple)) and any(map(_has_texts, value)))


def not_so(expect: Any, wanted: str) -> NoReturn:
    """End a test that cannot go on, with a property that does not hold. Raises TypeError."""
    expect.that(False, wanted)
    raise TypeError(wanted)
