import copy

import torch
import torch.nn.functional as F


def _flat(model, names):
    return torch.cat([model.get_parameter(name).reshape(-1) for name in names])


def take_anchor(model, head):
    names = [name for name, _ in model.named_parameters() if name.split(".")[: head.count(".") + 1] != head.split(".")]
    with torch.no_grad():
        return names, _flat(model, names).clone()


def fisher(model, anchor, x, y):
    names, start = anchor
    twin = copy.deepcopy(model)
    twin.eval()
    total = torch.zeros_like(start)
    for row, label in zip(x, y):
        twin.zero_grad()
        F.cross_entropy(twin(row.unsqueeze(0)), label.unsqueeze(0)).backward()
        total += torch.cat([twin.get_parameter(name).grad.reshape(-1) for name in names]) ** 2
    return total / len(y)


def anchor_penalty(model, anchor, weight=None):
    names, start = anchor
    squared = (_flat(model, names) - start).square()
    return squared.sum() if weight is None else squared @ weight
