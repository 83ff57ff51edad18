"""Set-ups that several questions of domain_adaptation share."""

from __future__ import annotations

from typing import Any, NoReturn

import torch


def without_counters(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Tensors by name, without how many batches each batch norm has counted."""
    return {name: value for name, value in tensors.items() if not name.endswith("num_batches_tracked")}


def not_so(expect: Any, wanted: str) -> NoReturn:
    """End a test that cannot go on, with a property that does not hold. Raises TypeError."""
    expect.that(False, wanted)
    raise TypeError(wanted)
