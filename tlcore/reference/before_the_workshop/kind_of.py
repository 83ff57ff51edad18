"""What a number of a training run is."""

from __future__ import annotations

from typing import Any


def kind_of(item: str, run: dict[str, dict[str, Any]]) -> str:
    """Whether `item` of a run is a parameter, a buffer, a hyperparameter, a metric or data."""
    facts = run[item]
    # 1. what is saved with the model: does an optimizer learn it, or not?
    # 2. of the rest: does it come from predictions? did we choose it?
    # 3. what is left was given
    ### BEGIN SOLUTION
    if facts["saved"]:
        return "parameter" if facts["learned"] else "buffer"
    if facts["from_predictions"]:
        return "metric"
    return "hyperparameter" if facts["chosen"] else "data"
    ### END SOLUTION
