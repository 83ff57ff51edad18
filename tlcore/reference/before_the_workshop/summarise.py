"""Count, mean and largest of some readings."""

from __future__ import annotations

from collections.abc import Sequence


def summarise(
    values: Sequence[float], *, digits: int = 2, skip: float | None = None
) -> tuple[int, float | None, float | None]:
    """How many values count, their mean and the largest of them. What equals `skip` does not count."""
    # 1. which values count?
    # 2. if there is none: 0, None, None
    # 3. return three values, with commas between them
    ### BEGIN SOLUTION
    counted = [value for value in values if skip is None or value != skip]
    if not counted:
        return 0, None, None
    return len(counted), round(sum(counted) / len(counted), digits), max(counted)
    ### END SOLUTION
