# It breaks: rounded to `digits` decimals. Here the other decimals are cut off.
import math


def summarise(values, *, digits=2, skip=None):
    kept = [v for v in values if skip is None or v != skip]
    if not kept:
        return 0, None, None
    scale = 10**digits
    return len(kept), math.trunc(sum(kept) / len(kept) * scale) / scale, max(kept)
