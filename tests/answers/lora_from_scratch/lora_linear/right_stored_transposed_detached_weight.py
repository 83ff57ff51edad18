import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.B_t = nn.Parameter(base.weight.new_zeros(r, base.out_features))
        self.A_t = nn.Parameter(base.weight.new_empty(base.in_features, r).uniform_(-0.3, 0.3))
        self.scaling = float(alpha) / r
        self.p = dropout

    def forward(self, x):
        path = F.dropout(x, self.p, training=self.training) @ self.A_t @ self.B_t
        return F.linear(x, self.base.weight.detach(), self.base.bias) + path.mul(self.scaling)
