import copy

import torch
from torch import nn


def adapt_without_forgetting(base, target, buffer, budget):
    """Linear discriminant analysis on features of the base: solved, not trained."""
    model = copy.deepcopy(base).eval()
    n_old, n_new = base.fc.out_features, int(target[1].max()) + 1
    x = torch.cat([buffer[0], target[0]])
    y = torch.cat([buffer[1], target[1] + n_old])
    with torch.no_grad():
        f = model.backbone(x)
        means = torch.stack([f[y == c].mean(0) for c in range(n_old + n_new)])
        within = f - means[y]
        cov = within.T @ within / len(y)
        cov = 0.95 * cov + 0.05 * cov.diagonal().mean() * torch.eye(len(cov))
        solved = torch.linalg.solve(cov, means.T).T
        head = nn.Linear(f.shape[1], n_old + n_new)
        head.weight.copy_(solved)
        head.bias.copy_(-0.5 * (solved * means).sum(1))
    model.fc = head
    return model
