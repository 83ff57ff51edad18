# The last `tail` values: here always five.

def transfer_benefit(with_t, without_t, threshold, tail=5):
    sign = -1 if with_t["metric"] == "loss" else 1
    a, b = with_t["val"], without_t["val"]

    def level(v):
        return sum(v[-5:]) / len(v[-5:])

    def first(curve):
        return next((s for s, v in zip(curve["step"], curve["val"]) if sign * v >= sign * threshold), None)

    x, y = first(with_t), first(without_t)
    return {
        "jumpstart": sign * (a[0] - b[0]),
        "speedup_steps": None if x is None or y is None else y - x,
        "asymptote_gain": sign * (level(a) - level(b)),
    }
