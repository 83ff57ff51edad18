import torch
from torch import nn


class LoRALinear(nn.Linear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base.in_features, base.out_features, bias=base.bias is not None)
        self.weight, self.bias = base.weight, base.bias
        self.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features) / 10)
        self.B = nn.Parameter(torch.zeros(base.out_features, r))
        self.scale = alpha / r

    def forward(self, x):
        return super().forward(x) + self.scale * (x @ self.A.T @ self.B.T)


def inject_lora(model, targets, r, alpha):
    todo = [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear)
        and not isinstance(layer, LoRALinear)
        and any(("." + name).endswith("." + target) for target in targets)
    ]
    for name in todo:
        *parents, last = name.split(".")
        parent = model
        for part in parents:
            parent = getattr(parent, part)
        setattr(parent, last, LoRALinear(getattr(parent, last), r, alpha))
    return todo
