# None if one of the two never reaches it: here only if `without_t` does not; the other is taken at its last step.

def transfer_benefit(with_t, without_t, threshold, tail=5):
    sign = -1 if with_t["metric"] == "loss" else 1
    a, b = with_t["val"], without_t["val"]

    def level(v):
        return sum(v[-tail:]) / len(v[-tail:])

    def first(curve):
        return next((s for s, v in zip(curve["step"], curve["val"]) if sign * v >= sign * threshold), None)

    x, y = first(with_t), first(without_t)
    return {
        "jumpstart": sign * (a[0] - b[0]),
        "speedup_steps": None if y is None else y - (with_t["step"][-1] if x is None else x),
        "asymptote_gain": sign * (level(a) - level(b)),
    }
