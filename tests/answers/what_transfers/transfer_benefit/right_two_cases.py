# Accuracy and loss written out, while loops, a generator and statistics.
from statistics import fmean


def transfer_benefit(with_t, without_t, threshold, tail=5):
    loss = with_t["metric"] == "loss"

    def arrives(curve):
        i = 0
        while i < len(curve["val"]):
            v = curve["val"][i]
            if (loss and v <= threshold) or (not loss and v >= threshold):
                return curve["step"][i]
            i += 1

    def better(x, y):
        return y - x if loss else x - y

    t1, t2 = arrives(with_t), arrives(without_t)
    result = dict(jumpstart=better(with_t["val"][0], without_t["val"][0]))
    result["asymptote_gain"] = better(*(fmean(c["val"][max(0, len(c["val"]) - tail) :]) for c in (with_t, without_t)))
    result["speedup_steps"] = None
    if t1 is not None and t2 is not None:
        result["speedup_steps"] = t2 - t1
    return result
