"""One place that knows what a model may return."""

from __future__ import annotations

from typing import Any

from torch import Tensor


def logits_of(output: Any) -> Tensor:
    """The logits in what a model returned: a tensor as it is, or the `.logits` of a transformers output."""
    if isinstance(output, Tensor):
        return output
    logits = getattr(output, "logits", None)
    if isinstance(logits, Tensor):
        return logits
    raise TypeError(
        f"the model returned {type(output).__name__}; expected a tensor of logits or an output with `.logits` "
        "(a model without a head has none)"
    )
