import copy

import torch
import torch.nn.functional as F
from torch import nn


class Adapted(nn.Module):
    """Frozen blocks with a small correction of low rank behind each of them, and one head for all classes."""

    def __init__(self, base, n_new, rank=6):
        super().__init__()
        self.blocks = copy.deepcopy(base.backbone).requires_grad_(False)
        widths = base.config.widths
        self.down = nn.ModuleList(nn.Conv2d(w, rank, 1, bias=False) for w in widths)
        self.up = nn.ModuleList(nn.Conv2d(rank, w, 1, bias=False) for w in widths)
        for layer in self.up:
            nn.init.zeros_(layer.weight)
        self.fc = nn.Linear(widths[-1], base.config.n_classes + n_new)
        with torch.no_grad():
            self.fc.weight[: base.config.n_classes] = base.fc.weight
            self.fc.bias[: base.config.n_classes] = base.fc.bias

    def forward(self, x):
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i < len(self.down):
                x = x + self.up[i](self.down[i](x))
        return self.fc(x)


def adapt_without_forgetting(base, target, buffer, budget):
    torch.manual_seed(1)
    model = Adapted(base, int(target[1].max()) + 1).eval()
    x = torch.cat([buffer[0], target[0]])
    y = torch.cat([buffer[1], target[1] + base.config.n_classes])
    n = len(buffer[1])
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=2e-2)
    for _ in range(budget):
        optimizer.zero_grad()
        rows = torch.cat([torch.randint(n, (20,)), torch.randint(n, len(y), (20,))])
        F.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    return model
