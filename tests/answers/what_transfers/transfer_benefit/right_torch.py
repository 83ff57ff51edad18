# Tensors; the numbers come back as tensors without dimensions.
import torch


def transfer_benefit(with_t, without_t, threshold, tail=5):
    sign = 1 - 2 * (with_t["metric"] == "loss")
    ours, theirs = (sign * torch.tensor(c["val"], dtype=torch.float64) for c in (with_t, without_t))
    places = [(values >= sign * threshold).nonzero().flatten() for values in (ours, theirs)]
    speedup = None
    if all(len(p) for p in places):
        speedup = without_t["step"][int(places[1][0])] - with_t["step"][int(places[0][0])]
    return {
        "jumpstart": ours[0] - theirs[0],
        "speedup_steps": speedup,
        "asymptote_gain": ours[-tail:].mean() - theirs[-tail:].mean(),
    }
