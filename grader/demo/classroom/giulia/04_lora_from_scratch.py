# %% question="lora_delta"
def lora_delta(A, B, alpha):
    return (B @ A) * alpha / A.size(0)


# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        w = base.weight
        self.A = nn.Parameter(w.new_empty(r, w.shape[1]))
        self.B = nn.Parameter(w.new_zeros(w.shape[0], r))
        nn.init.xavier_normal_(self.A)
        self.r = r
        self.alpha = alpha
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        # (I took the "if self.merged" out, it did not seem to do anything)
        h = self.base(x)
        h = h + self.alpha / self.r * nn.functional.linear(self.dropout(x), self.B @ self.A)
        return h


# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    wrapped = []
    inside = []
    for name, m in list(model.named_modules()):
        if isinstance(m, LoRALinear):
            inside.append(name + ".base")
        elif isinstance(m, nn.Linear) and name not in inside:
            if any(("." + name).endswith("." + t) for t in targets):
                model.set_submodule(name, LoRALinear(m, r, alpha))
                wrapped.append(name)
    return wrapped


# %% question="save_adapter"
def save_adapter(model, head="head"):
    weights = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
    info = {n: (m.r, m.alpha) for n, m in model.named_modules() if isinstance(m, LoRALinear)}
    return [weights, info]


def load_adapter(model, adapter):
    weights, info = adapter
    for n, (r, alpha) in info.items():
        model.set_submodule(n, LoRALinear(model.get_submodule(n), r, alpha))
    for n, p in model.named_parameters():
        if n in weights:
            p.data = weights[n].clone()
    return model


# %% question="merge"
def merge(layer):
    if not layer.merged:
        layer.kept = layer.base.weight.data
        new = layer.kept + layer.alpha / layer.r * (layer.B @ layer.A).data
        layer.base.weight = nn.Parameter(new, requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = nn.Parameter(layer.kept, requires_grad=False)
        layer.merged = False
    return layer
