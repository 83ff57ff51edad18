# Arrays, and a place found by argmax.
import numpy as np


def transfer_benefit(with_t, without_t, threshold, tail=5):
    sign = -1.0 if with_t["metric"] == "loss" else 1.0
    a, b = (sign * np.asarray(curve["val"], dtype=float) for curve in (with_t, without_t))

    def arrival(values, steps):
        there = values >= sign * threshold
        return int(steps[int(there.argmax())]) if there.any() else None

    ours, theirs = arrival(a, with_t["step"]), arrival(b, without_t["step"])
    return {
        "jumpstart": a[0] - b[0],
        "speedup_steps": theirs - ours if ours is not None and theirs is not None else None,
        "asymptote_gain": a[-tail:].mean() - b[-tail:].mean(),
    }
