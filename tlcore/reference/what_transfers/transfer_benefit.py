"""What transfer was worth, read off two learning curves: a higher start, fewer steps, a higher level at the end."""

from __future__ import annotations

from typing import Any


def transfer_benefit(
    with_t: dict[str, Any], without_t: dict[str, Any], threshold: float, tail: int = 5
) -> dict[str, float | None]:
    """The benefit of `with_t`, a curve with transfer, over `without_t`, one without.

    Args:
        with_t, without_t: curves. `step` lists when the run was looked at, beginning with 0; `train` and `val` the
            values at these looks; `metric` is "accuracy" (higher is better) or "loss" (lower is better).
        threshold: the value that a run should reach.
        tail: how many of the last looks make up the level at the end.

    Returns:
        `jumpstart` and `asymptote_gain` in units of the metric, `speedup_steps` in steps; positive where transfer is
        better. `speedup_steps` is None unless both runs reach the threshold.

    Source: Torrey & Shavlik 2009, "Transfer learning": higher start, higher slope, higher asymptote.
    """
    sign = -1 if with_t["metric"] == "loss" else 1

    def first_step(curve):
        # 1. the first step at which the curve has reached the threshold; None if it never does
        ### BEGIN SOLUTION
        for step, value in zip(curve["step"], curve["val"], strict=True):
            if sign * value >= sign * threshold:
                return step
        return None
        ### END SOLUTION

    # 2. the difference at the start, and that of the levels at the end
    # 3. the steps saved, if both reach the threshold
    ### BEGIN SOLUTION
    ours, theirs = with_t["val"], without_t["val"]
    level = [sum(values[-tail:]) / len(values[-tail:]) for values in (ours, theirs)]
    reached = [first_step(curve) for curve in (with_t, without_t)]
    return {
        "jumpstart": sign * (ours[0] - theirs[0]),
        "speedup_steps": None if None in reached else reached[1] - reached[0],
        "asymptote_gain": sign * (level[0] - level[1]),
    }
    ### END SOLUTION
