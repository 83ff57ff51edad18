# It breaks: the prefix can be nothing. Here the first part of each name goes in any case.
import torch


def load_backbone(model, checkpoint):
    own = model.state_dict()
    first = next(iter(checkpoint))
    cuts = [i + 1 for i, letter in enumerate(first) if letter == "."] or [0]
    cut = max(cuts, key=lambda cut: sum(name[cut:] in own for name in checkpoint))
    theirs = {name[cut:]: value for name, value in checkpoint.items()}
    report = LoadReport([], [], [], [])
    for name in own:
        if name not in theirs:
            report.missing.append(name)
        elif own[name].shape != theirs[name].shape:
            report.mismatched.append(name)
        else:
            report.loaded.append(name)
    report.unexpected = [name for name in theirs if name not in own]
    if not report.loaded:
        raise ValueError("nothing fits")
    with torch.no_grad():
        for name in report.loaded:
            own[name].copy_(theirs[name])
    return report
