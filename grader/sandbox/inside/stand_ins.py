"""Parts that a later answer builds on, for a learner whose own earlier part is not right yet.

They are PEFT's, which every learner has installed, behind the names of the exercise: a wrong `LoRALinear` costs its own
question's points and not those of the questions after it. Learners can use the same ones to go on (`tlcore.stand_ins`).
"""

from __future__ import annotations

from typing import Any

from tlcore.stand_ins import LoRALinear, inject_lora, lora_delta

STAND_INS: dict[str, Any] = {"lora_delta": lora_delta, "LoRALinear": LoRALinear, "inject_lora": inject_lora}
