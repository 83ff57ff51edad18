# Nearest class means of the frozen features.
import copy

import torch
import torch.nn.functional as F
from torch import nn


def adapt_without_forgetting(base, target, buffer, budget):
    class Means(nn.Module):
        def __init__(self, body, means):
            super().__init__()
            self.body = body
            self.register_buffer("means", means)

        def forward(self, x):
            return -torch.cdist(F.normalize(self.body(x), dim=1), self.means)

    body = copy.deepcopy(base.backbone).eval()
    with torch.no_grad():
        rows = []
        for x, y in (buffer, target):
            features = F.normalize(body(x), dim=1)
            rows += [features[y == c].mean(0) for c in range(int(y.max()) + 1)]
    return Means(body, torch.stack(rows)).eval()
