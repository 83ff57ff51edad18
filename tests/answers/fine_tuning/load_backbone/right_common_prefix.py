import os
from itertools import chain


def load_backbone(model, checkpoint):
    own = dict(chain(model.named_parameters(), model.named_buffers()))
    # what all names have in common, cut back until something fits
    common = os.path.commonprefix(list(checkpoint))
    common = common[: common.rfind(".") + 1]
    while common and not any(name[len(common) :] in own for name in checkpoint):
        common = common[: common[:-1].rfind(".") + 1]
    report = LoadReport([], [], [], [])
    for key, tensor in checkpoint.items():
        key = key[len(common) :]
        if key not in own:
            report.unexpected.append(key)
        elif own[key].size() != tensor.size():
            report.mismatched.append(key)
        else:
            report.loaded.append(key)
    report.missing = [key for key in own if key not in report.loaded and key not in report.mismatched]
    if not report.loaded:
        raise ValueError(f"nothing to load: {report}")
    for key in report.loaded:
        own[key].data.copy_(checkpoint[common + key])
    return report
