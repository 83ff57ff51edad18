import torch
from torch import nn


class LoRALinear(nn.Linear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base.in_features, base.out_features, base.bias is not None, dtype=base.weight.dtype)
        self.weight = base.weight
        self.bias = base.bias
        self.requires_grad_(False)
        self.lora = nn.ParameterList(
            [
                torch.randn(r, base.in_features, dtype=base.weight.dtype) * 0.02,
                torch.zeros(base.out_features, r, dtype=base.weight.dtype),
            ]
        )
        self.r, self.alpha, self.p = r, alpha, dropout

    def forward(self, x):
        kept = nn.functional.dropout(x, self.p, self.training)
        return super().forward(x) + (kept @ self.lora[0].T) @ self.lora[1].T * self.alpha / self.r
