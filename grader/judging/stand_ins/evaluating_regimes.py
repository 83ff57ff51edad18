"""Those that learners have: `compare` needs an accuracy, `data_efficiency` and `audit` a verdict."""

from __future__ import annotations

from tlcore.stand_ins.evaluating_regimes import evaluate, paired_difference

__all__ = ["evaluate", "paired_difference"]
