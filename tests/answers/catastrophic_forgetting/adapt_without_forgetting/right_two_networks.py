import copy

import torch
import torch.nn.functional as F
from torch import nn

from tlcore.training import linear_probe, predict


class Router(nn.Module):
    """The base for old digits, another network for new ones, and a gate that guesses which of the two it is."""

    def __init__(self, base, other, gate):
        super().__init__()
        self.base, self.other, self.gate = base, other, gate

    def forward(self, x):
        old, new = self.gate(self.base.backbone(x)).log_softmax(1).split(1, dim=1)
        return torch.cat([old + self.base(x).log_softmax(1), new + self.other(x).log_softmax(1)], dim=1)


def adapt_without_forgetting(base, target, buffer, budget):
    base = copy.deepcopy(base).eval()
    other = copy.deepcopy(base)
    other.fc = nn.Linear(base.fc.in_features, int(target[1].max()) + 1)
    optimizer = torch.optim.Adam(other.parameters(), lr=5e-3)
    gen = torch.Generator().manual_seed(0)
    other.train()
    for _ in range(budget - 1):
        rows = torch.randint(len(target[1]), (32,), generator=gen)
        loss = F.cross_entropy(other(target[0][rows]), target[1][rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    features = torch.cat([predict(base.backbone, part) for part in (buffer[0], target[0])])
    is_new = torch.cat([torch.zeros(len(buffer[1])), torch.ones(len(target[1]))]).long()
    return Router(base, other, linear_probe(features, is_new, 2)).eval()
