# It breaks: a run reaches the threshold at the first look that is there. Here step 0 counts as never.
def transfer_benefit(with_t, without_t, threshold, tail=5):
    sign = -1 if with_t["metric"] == "loss" else 1

    def first_step(curve):
        for step, value in zip(curve["step"], curve["val"]):
            if sign * value >= sign * threshold:
                return step
        return None

    def level(curve):
        last = curve["val"][-tail:]
        return sum(last) / len(last)

    ours, theirs = first_step(with_t), first_step(without_t)
    return {
        "jumpstart": sign * (with_t["val"][0] - without_t["val"][0]),
        "speedup_steps": theirs - ours if ours and theirs else None,
        "asymptote_gain": sign * (level(with_t) - level(without_t)),
    }
