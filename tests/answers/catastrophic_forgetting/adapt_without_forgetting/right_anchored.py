import copy

import torch
import torch.nn.functional as F
from torch import nn


def adapt_without_forgetting(base, target, buffer, budget):
    """Replay with EWC: what the old digits need most moves least. The norms keep the statistics of the base."""
    model = copy.deepcopy(base)
    old = model.fc
    n_old, n_new = old.out_features, len(target[1].unique())
    model.fc = nn.Linear(old.in_features, n_old + n_new)
    model.fc.weight.data[:n_old] = old.weight.data
    model.fc.bias.data[:n_old] = old.bias.data
    body = {n: p for n, p in model.named_parameters() if not n.startswith("fc")}
    start = {n: p.detach().clone() for n, p in body.items()}
    weight = {n: torch.zeros_like(p) for n, p in body.items()}
    model.eval()
    for i in range(len(buffer[1])):
        loss = F.cross_entropy(model(buffer[0][i : i + 1]), buffer[1][i : i + 1])
        for n, g in zip(body, torch.autograd.grad(loss, list(body.values()))):
            weight[n] += g**2 / len(buffer[1])
    optimizer = torch.optim.Adam(model.parameters(), lr=6e-3)
    for step in range(budget):
        at = [(step * 16 + i) % len(target[1]) for i in range(16)]
        back = [(step * 16 + i) % len(buffer[1]) for i in range(16)]
        x = torch.cat([target[0][at], buffer[0][back]])
        y = torch.cat([target[1][at] + n_old, buffer[1][back]])
        held = sum((weight[n] * (p - start[n]) ** 2).sum() for n, p in body.items())
        optimizer.zero_grad()
        (F.cross_entropy(model(x), y) + 10 * held).backward()
        optimizer.step()
    return model
