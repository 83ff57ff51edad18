from collections import Counter

import torch


def load_backbone(model, checkpoint):
    own = dict(model.state_dict())
    votes = Counter()
    for key in checkpoint:
        parts = key.split(".")
        for i in range(len(parts)):
            if ".".join(parts[i:]) in own:
                votes["".join(part + "." for part in parts[:i])] += 1
    if not votes:
        raise ValueError("no name matches")
    prefix, _ = votes.most_common(1)[0]
    ckpt = {key[len(prefix) :]: value for key, value in checkpoint.items()}

    common = own.keys() & ckpt.keys()
    same = {k for k in common if own[k].shape == ckpt[k].shape}
    if not same:
        raise ValueError("no shape matches")
    with torch.no_grad():
        for k in same:
            own[k][...] = ckpt[k]
    return LoadReport(list(same), list(own.keys() - ckpt.keys()), list(common - same), list(ckpt.keys() - own.keys()))
