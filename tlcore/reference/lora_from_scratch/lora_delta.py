"""The update of a weight that two thin matrices stand for."""

from __future__ import annotations

from torch import Tensor


def lora_delta(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The update of the weight that two factors stand for: `alpha / r * B @ A`.

    Args:
        A: (r, in), the factor that reads the input.
        B: (out, r), the factor that writes to the output.
        alpha: strength; divided by r, so that it need not be tuned again when r changes.

    Returns:
        (out, in), as large as the weight, and of rank at most r.
    """
    r = A.shape[0]
    return alpha / r * (B @ A)
