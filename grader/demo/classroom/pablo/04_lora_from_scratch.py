# %% question="lora_delta"
def lora_delta(A, B, alpha):
    r = min(A.shape[0], B.shape[1])
    return alpha / r * B.matmul(A)


# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight))
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        self.r, self.alpha = r, alpha
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        y = self.base(x)
        if not self.merged:
            y = y + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)
        return y


# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    # LoRA everywhere: the QLoRA paper says that all linear layers are best
    paths = []
    for path, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and not path.endswith(".base"):
            paths.append(path)
    for path in paths:
        model.set_submodule(path, LoRALinear(model.get_submodule(path), r, alpha))
    return paths


# %% question="save_adapter"
def save_adapter(model, head="head"):
    layers = {p: m for p, m in model.named_modules() if isinstance(m, LoRALinear)}
    adapter = {"alpha": {p: m.alpha for p, m in layers.items()}}
    adapter["factors"] = {p: (m.A.data, m.B.data) for p, m in layers.items()}
    adapter["head"] = (head, model.get_submodule(head).state_dict())
    return adapter


def load_adapter(model, adapter):
    for path, (A, B) in adapter["factors"].items():
        layer = LoRALinear(model.get_submodule(path), A.shape[0], adapter["alpha"][path])
        layer.A.data.copy_(A)
        layer.B.data.copy_(B)
        model.set_submodule(path, layer)
    head, state = adapter["head"]
    model.get_submodule(head).load_state_dict(state)
    return model


# %% question="merge"
def merge(layer):
    if not layer.merged:
        layer.before = (layer.base.weight,)
        weight = layer.base.weight + lora_delta(layer.A, layer.B, layer.alpha)
        layer.base.weight = nn.Parameter(weight.detach(), requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = layer.before[0]
        layer.merged = False
    return layer
