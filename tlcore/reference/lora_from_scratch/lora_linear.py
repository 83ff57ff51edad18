"""A linear layer that stays as it is, plus an update of low rank that learns."""

from __future__ import annotations

import math

from torch import Tensor, nn


class LoRALinear(nn.Module):
    """A linear layer that stays as it is, plus a low-rank update of it that learns.

    Args:
        base: the layer to adapt, used as it is (not copied) and frozen.
        r: rank of the update.
        alpha: strength of the update; it is scaled by `alpha / r`.
        dropout: probability of the dropout in front of the factors. The path through `base` has none.

    Shapes: (…, in_features) -> (…, out_features). The factors have the dtype and device of the base.

    Raises:
        ValueError: for a rank below 1.

    Source: Hu et al. 2021, section 4.1. A starts random and B at zero: the first output is exactly the base's, while
    B's first gradient is not zero (with both at zero, neither would ever get one).
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"the rank r must be at least 1, not {r}")
        self.base = base.requires_grad_(False)
        self.r, self.alpha = r, alpha
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        """`W x + b + alpha / r * B A dropout(x)`; after `merge`, the update is in W already."""
        if self.merged:
            return self.base(x)
        return self.base(x) + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)
