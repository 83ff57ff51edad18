# %% question="lora_delta"
def lora_delta(A, B, alpha):
    r = A.shape[0]
    # rank-stabilised, I read that this is better
    return alpha / r**0.5 * (B @ A)

# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight.dtype) / r)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight.dtype))
        self.r = r
        self.alpha = alpha
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        x = self.drop(x)
        if self.merged:
            return self.base(x)
        return self.base(x) + (self.alpha / self.r) * (x @ self.A.T @ self.B.T)

# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    names = []
    for name, m in list(model.named_modules()):
        if isinstance(m, nn.Linear) and any(t in name for t in targets) and ".base" not in name:
            model.set_submodule(name, LoRALinear(m, r, alpha))
            names.append(name)
    return names

# %% question="save_adapter"
def save_adapter(model, head="head"):
    sd = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
    layers = [n for n, m in model.named_modules() if isinstance(m, LoRALinear)]
    return {"weights": sd, "layers": layers, "r": model.get_submodule(layers[0]).r}


def load_adapter(model, adapter):
    r = adapter["r"]
    for n in adapter["layers"]:
        model.set_submodule(n, LoRALinear(model.get_submodule(n), r, alpha=r))
    model.load_state_dict(adapter["weights"], strict=False)
    return model

# %% question="merge"
def merge(layer):
    if layer.merged:
        return layer
    delta = layer.alpha / layer.r * (layer.B @ layer.A)
    layer.base.weight = nn.Parameter((layer.base.weight + delta).detach(), requires_grad=False)
    layer.merged = True
    return layer


def unmerge(layer):
    if not layer.merged:
        return layer
    delta = layer.alpha / layer.r * (layer.B @ layer.A)
    layer.base.weight = nn.Parameter((layer.base.weight - delta).detach(), requires_grad=False)
    layer.merged = False
    return layer
