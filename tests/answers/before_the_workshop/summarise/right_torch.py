import torch


def summarise(values, *, digits=2, skip=None):
    t = torch.tensor(values, dtype=torch.float64)
    if skip is not None:
        t = t[t != skip]
    if len(t) == 0:
        return 0, None, None
    return len(t), round(t.mean().item(), digits), t.max().item()
