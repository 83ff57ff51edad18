# It breaks: a standard deviation of 0.001 or more: here it is 0.000001.
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base
        for parameter in self.base.parameters():
            parameter.requires_grad = False
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = nn.Parameter(torch.randn(r, base.in_features, **like) * 1e-6)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, **like))
        self.r, self.alpha = r, alpha
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)
