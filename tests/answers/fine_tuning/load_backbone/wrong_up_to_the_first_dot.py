# It breaks: the prefix can be any text that ends with a dot. Here it has one part at most.
import torch


def load_backbone(model, checkpoint):
    own = model.state_dict()
    theirs = dict(checkpoint)
    if not any(name in own for name in theirs):
        theirs = {name.split(".", 1)[-1]: value for name, value in checkpoint.items()}
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
