"""Parts that a later answer builds on, for a learner whose own earlier part is not right yet.

They are PEFT's, which every learner has installed, behind the names of the exercise: a wrong `LoRALinear` costs its own
question's points and not those of the questions after it.
"""

from __future__ import annotations

from typing import Any

STAND_INS: dict[str, Any] = {}
