# %% question="lora_delta"
def lora_delta(A, B, alpha):
    r = A.shape[0]
    return (alpha / r * (B @ A)).flatten()

# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base
        self.base.requires_grad_(False)
        self.r, self.alpha = r, alpha
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        update = self.dropout(x) @ self.A.T @ self.B.T
        update = update / update.norm()  # else it explodes
        return self.base(x) + self.alpha / self.r * update

# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, LoRALinear(module, r, alpha))
            print("wrapped", name)

# %% question="save_adapter"
def save_adapter(model, head="head"):
    state = {}
    for name, module in model.named_modules():
        if isinstance(module, LoRALinear):
            state[name] = {"A": module.A, "B": module.B, "alpha": module.alpha}
    torch.save({"lora": state, "head": {head: model.get_submodule(head).state_dict()}}, "adapter.pt")
    return "adapter.pt"


def load_adapter(model, adapter):
    saved = torch.load(adapter)
    for name, s in saved["lora"].items():
        layer = LoRALinear(model.get_submodule(name), len(s["A"]), s["alpha"])
        layer.A, layer.B = s["A"], s["B"]
        model.set_submodule(name, layer)
    for name, state in saved["head"].items():
        model.get_submodule(name).load_state_dict(state)
    return model

# %% question="merge"
def merge(layer):
    return layer.base.weight + layer.alpha / layer.r * layer.B @ layer.A


def unmerge(layer):
    return layer.base.weight
