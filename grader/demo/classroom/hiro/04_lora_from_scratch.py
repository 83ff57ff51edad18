# %% question="lora_delta"
def lora_delta(A, B, alpha):
    return torch.matmul(B, A)

# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        # zero update at the start -> both zero
        self.A = nn.Parameter(torch.zeros(r, base.in_features, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype))
        self.r, self.alpha = r, alpha
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        update = self.dropout(x) @ self.A.T @ self.B.T
        return self.base(x) + self.alpha / self.r * update

# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    found = []
    for name, child in list(model.named_children()):
        if name in targets and isinstance(child, nn.Linear):
            setattr(model, name, LoRALinear(child, r, alpha))
            found.append(name)
    return found

# %% question="save_adapter"
def save_adapter(model, head="head"):
    out = {}
    for name, m in model.named_modules():
        if isinstance(m, LoRALinear):
            out[name] = {"A": m.A.data.clone(), "B": m.B.data.clone(), "alpha": m.alpha}
    return out


def load_adapter(model, adapter):
    for name, d in adapter.items():
        new = LoRALinear(model.get_submodule(name), d["A"].shape[0], d["alpha"])
        new.A.data.copy_(d["A"])
        new.B.data.copy_(d["B"])
        model.set_submodule(name, new)
    return model

# %% question="merge"
def merge(layer):
    if not layer.merged:
        layer.saved = layer.base.weight.data.clone()
        delta = layer.alpha / layer.r * (layer.B @ layer.A)
        layer.base.weight = nn.Parameter(layer.base.weight.data + delta.data, requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = nn.Parameter(layer.saved.clone(), requires_grad=False)
        layer.merged = False
    return layer
