# %% question="lora_delta"
def lora_delta(A, B, α):
    return sum(torch.outer(b, a) for a, b in zip(A, B.T)) * α / len(A)


# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base, self.r, self.alpha = base, r, alpha
        self.base.requires_grad_(False)
        W = base.weight
        # stored the other way round: x @ A_t @ B_t needs no transposes
        self.A_t = nn.Parameter(torch.rand(base.in_features, r, dtype=W.dtype, device=W.device) - 0.5)
        self.B_t = nn.Parameter(torch.zeros(r, base.out_features, dtype=W.dtype, device=W.device))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.alpha / self.r * (self.dropout(x) @ self.A_t @ self.B_t)


# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    done = []
    for where, parent in list(model.named_modules()):
        if isinstance(parent, LoRALinear):
            continue
        for name, child in list(parent.named_children()):
            path = f"{where}.{name}" if where else name
            if isinstance(child, nn.Linear) and any(path == t or path.endswith("." + t) for t in targets):
                setattr(parent, name, LoRALinear(child, r, alpha))
                done.append(path)
    return done


# %% question="save_adapter"
def save_adapter(model, head="head"):
    from safetensors.torch import save

    t = {}
    for name, m in model.named_modules():
        if isinstance(m, LoRALinear):
            t[f"{name}|A"], t[f"{name}|B"] = m.A_t.detach().contiguous(), m.B_t.detach().contiguous()
            t[f"{name}|alpha"] = torch.tensor(float(m.alpha), dtype=torch.float64)
    for name, v in model.get_submodule(head).state_dict().items():
        t[f"{head}|{name}|head"] = v.contiguous()
    return save(t)


def load_adapter(model, adapter):
    from safetensors.torch import load

    t = load(adapter)
    for key in [k for k in t if k.endswith("|alpha")]:
        name = key.removesuffix("|alpha")
        A_t, B_t = t[f"{name}|A"], t[f"{name}|B"]
        layer = LoRALinear(model.get_submodule(name), A_t.shape[1], t[key].item())
        layer.A_t.data, layer.B_t.data = A_t, B_t
        model.set_submodule(name, layer)
    for key in [k for k in t if k.endswith("|head")]:
        head, name, _ = key.split("|")
        model.get_submodule(head).get_parameter(name).data = t[key]


# %% question="merge"
def merge(layer):
    if not layer.merged:
        layer.ΔW = lora_delta(layer.A_t.T, layer.B_t.T, layer.alpha).detach()
        layer.base.weight = nn.Parameter(layer.base.weight.detach() + layer.ΔW, requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        # the update that I added, not today's
        layer.base.weight = nn.Parameter(layer.base.weight.detach() - layer.ΔW, requires_grad=False)
        layer.merged = False
    return layer
