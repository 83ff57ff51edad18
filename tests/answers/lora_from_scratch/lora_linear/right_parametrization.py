import torch
from torch import nn
from torch.nn.utils import parametrize


class Update(nn.Module):
    def __init__(self, weight, r, alpha, dropout):
        super().__init__()
        out, into = weight.shape
        self.A = nn.Parameter(nn.init.normal_(weight.new_empty(r, into), std=0.1))
        self.B = nn.Parameter(weight.new_zeros(out, r))
        self.scale, self.dropout = alpha / r, nn.Dropout(dropout)

    def forward(self, weight):
        # Dropping an input of the update is dropping a column of A.
        column = self.dropout(torch.ones_like(self.A[0]))
        return weight + self.scale * self.B @ (self.A * column)


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.layer = base.requires_grad_(False)
        parametrize.register_parametrization(self.layer, "weight", Update(base.weight, r, alpha, dropout))

    def forward(self, x):
        return self.layer(x)
