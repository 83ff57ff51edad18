from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout):
        super().__init__()
        for p in base.parameters():
            p.requires_grad = False
        self.frozen = base
        kind = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.down = nn.Linear(base.in_features, r, bias=False, **kind)
        self.up = nn.Linear(r, base.out_features, bias=False, **kind)
        nn.init.zeros_(self.up.weight)
        self.drop = nn.Dropout(dropout)
        self.factor = alpha / r

    def forward(self, x):
        return self.frozen(x) + self.factor * self.up(self.down(self.drop(x)))
