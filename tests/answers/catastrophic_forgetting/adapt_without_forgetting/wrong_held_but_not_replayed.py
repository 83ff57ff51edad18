# It breaks: old digits are still known. Here the body is held near the base, and the head forgets all the same.
import copy

import torch
import torch.nn.functional as F
from torch import nn


def adapt_without_forgetting(base, target, buffer, budget):
    model = copy.deepcopy(base)
    n_old, n_new = base.fc.out_features, int(target[1].max()) + 1
    model.fc = nn.Linear(base.fc.in_features, n_old + n_new)
    with torch.no_grad():
        model.fc.weight[:n_old], model.fc.bias[:n_old] = base.fc.weight, base.fc.bias
    start = {n: p.detach().clone() for n, p in model.named_parameters() if "fc" not in n}
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    model.eval()
    for _ in range(budget):
        rows = torch.randperm(len(target[1]))[:32]
        held = sum(((p - start[n]) ** 2).sum() for n, p in model.named_parameters() if n in start)
        optimizer.zero_grad()
        (F.cross_entropy(model(target[0][rows]), target[1][rows] + n_old) + held).backward()
        optimizer.step()
    return model
