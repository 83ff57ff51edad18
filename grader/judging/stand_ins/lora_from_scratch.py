"""Parts that a later answer builds on, for a learner whose own earlier part is not right yet.

They are PEFT's, which every learner has installed, behind the names of the exercise: a wrong `LoRALinear` costs its own
question's points and not those of the questions after it. Learners can use two of them to go on (`tlcore.stand_ins`).
"""

from __future__ import annotations

from torch import Tensor, nn

from tlcore.stand_ins import LoRALinear, inject_lora


def lora_delta(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The update (out, in) of factors A (r, in) and B (out, r), as PEFT computes it."""
    layer = LoRALinear(nn.Linear(A.shape[1], B.shape[0], dtype=A.dtype), A.shape[0], alpha)._peft
    layer.lora_A["default"].weight, layer.lora_B["default"].weight = (nn.Parameter(t.detach()) for t in (A, B))
    return layer.get_delta_weight("default").detach()


__all__ = ["LoRALinear", "inject_lora", "lora_delta"]
