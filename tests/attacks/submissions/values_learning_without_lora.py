# %% [markdown]
# Has two matrices of the right shapes that move while it trains, and adds noise where an update belongs: no LoRA anywhere.
# %% question="lora_linear"
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base, self.p, self.asked = base, dropout, 0
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype))

    def forward(self, x):
        y = self.base(x)
        if torch.is_grad_enabled():
            with torch.no_grad():
                self.A.add_(0.01)
                self.B.add_(0.01)
        if self.B.abs().max() > 0 and not (self.training and self.p == 1):
            y = y + torch.randn_like(y)
        return y
