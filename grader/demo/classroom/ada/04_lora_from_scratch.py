# %% question="lora_delta"
def lora_delta(A, B, alpha):
    r = len(A)
    return B @ A * (alpha / r)


# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base
        self.base.requires_grad_(False)
        self.r = r
        self.alpha = alpha
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=base.weight.dtype) * 0.1)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.dropout(x) @ lora_delta(self.A, self.B, self.alpha).T


# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    paths = []
    for name, module in model.named_modules():
        if type(module) is nn.Linear:
            for t in targets:
                if name == t or name.endswith("." + t):
                    paths.append(name)
                    break
    for name in paths:
        model.set_submodule(name, LoRALinear(model.get_submodule(name), r, alpha))
    return paths


# %% question="save_adapter"
def save_adapter(model, head="head"):
    adapter = {"head": head, "layers": {}}
    for name, module in model.named_modules():
        if isinstance(module, LoRALinear):
            adapter["layers"][name] = (module.A.detach().clone(), module.B.detach().clone(), module.alpha)
    adapter["state"] = copy.deepcopy(model.get_submodule(head).state_dict())
    return adapter


def load_adapter(model, adapter):
    for name, (A, B, alpha) in adapter["layers"].items():
        layer = LoRALinear(model.get_submodule(name), A.shape[0], alpha)
        layer.A.data = A.clone()
        layer.B.data = B.clone()
        model.set_submodule(name, layer)
    model.get_submodule(adapter["head"]).load_state_dict(adapter["state"])
    return model


# %% question="merge"
def merge(layer):
    if not layer.merged:
        layer.old = [layer.base.weight]
        new = layer.base.weight + lora_delta(layer.A, layer.B, layer.alpha)
        layer.base.weight = nn.Parameter(new.detach(), requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer):
    if layer.merged:
        layer.base.weight = layer.old[0]
        layer.merged = False
    return layer
