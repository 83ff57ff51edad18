import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        base.weight.requires_grad = False
        if base.bias is not None:
            base.bias.requires_grad = False
        self.A = nn.Parameter(torch.zeros(r, base.in_features).to(base.weight))
        self.B = nn.Parameter(torch.randn(base.out_features, r).to(base.weight) / r)
        self.r, self.alpha, self.dropout = r, alpha, nn.Dropout(dropout)

    def forward(self, x):
        return self.base(x) + self.dropout(x) @ (self.alpha / self.r * self.B @ self.A).T
