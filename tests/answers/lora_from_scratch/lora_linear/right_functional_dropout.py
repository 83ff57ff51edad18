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
        self.A = nn.Parameter(torch.randn(r, base.in_features, **like) / base.in_features**0.5)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, **like))
        self.r, self.alpha = r, alpha
        self.p = dropout

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.alpha / self.r * (
            nn.functional.dropout(x, self.p, self.training) @ self.A.T @ self.B.T
        )
