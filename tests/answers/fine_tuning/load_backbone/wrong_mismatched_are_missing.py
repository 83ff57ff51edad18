# It breaks: `mismatched` are in both with two shapes. Here they are told as missing.
import torch


def load_backbone(model, checkpoint):
    own = model.state_dict()
    first = next(iter(checkpoint))
    cuts = [0] + [i + 1 for i, letter in enumerate(first) if letter == "."]
    cut = max(cuts, key=lambda cut: sum(name[cut:] in own for name in checkpoint))
    theirs = {name[cut:]: value for name, value in checkpoint.items()}
    fits = [name for name in own if name in theirs and own[name].shape == theirs[name].shape]
    if not fits:
        raise ValueError("nothing fits")
    with torch.no_grad():
        for name in fits:
            own[name].copy_(theirs[name])
    missing = [name for name in own if name not in fits]
    return LoadReport(fits, missing, [], [name for name in theirs if name not in own])
