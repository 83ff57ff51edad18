# %% question="lora_delta"
lora_delta = lambda A, B, alpha: torch.einsum("or,ri->oi", B, A).mul(alpha).div(B.size(1))


# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        for p in base.parameters():
            p.requires_grad_(False)
        self.inner = base
        self.low = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(base.in_features, r, bias=False),
            nn.Linear(r, base.out_features, bias=False),
        ).to(base.weight.dtype)
        self.low[-1].weight.data.zero_()
        self.gain = alpha / r
        self.live = True

    def forward(self, x):
        y = self.inner(x)
        if self.live:
            y = y + self.gain * self.low(x)
        return y


# %% question="inject_lora"
def inject_lora(model, targets, r, alpha, _path=""):
    done = []
    for name, child in model.named_children():
        path = f"{_path}.{name}" if _path else name
        if isinstance(child, LoRALinear):
            continue  # already mine
        if isinstance(child, nn.Linear) and any(f".{path}".endswith(f".{t}") for t in targets):
            setattr(model, name, LoRALinear(child, r, alpha))
            done.append(path)
        else:
            done.extend(inject_lora(child, targets, r, alpha, path))
    return done


# %% question="save_adapter"
def _mine(model):
    return {n: m for n, m in model.named_modules() if isinstance(m, LoRALinear)}


def save_adapter(model, head="head"):
    state = {}
    for n, m in _mine(model).items():
        state[n] = {"r": m.low[1].weight.shape[0], "gain": m.gain, "low": m.low.state_dict()}
    f = io.BytesIO()
    torch.save({"lora": state, "head": (head, model.get_submodule(head).state_dict())}, f)
    return f.getvalue()


def load_adapter(model, adapter):
    saved = torch.load(io.BytesIO(adapter))
    for n, s in saved["lora"].items():
        layer = LoRALinear(model.get_submodule(n), s["r"], s["gain"] * s["r"])
        layer.low.load_state_dict(s["low"])
        model.set_submodule(n, layer)
    where, weights = saved["head"]
    print(model.get_submodule(where).load_state_dict(weights))


# %% question="merge"
def merge(layer):
    if layer.live:
        layer.backup = (layer.inner,)
        fused = copy.deepcopy(layer.inner)
        fused.weight.data = fused.weight.data + layer.gain * (layer.low[2].weight @ layer.low[1].weight).data
        layer.inner = fused
        layer.live = False


def unmerge(layer):
    if not layer.live:
        (layer.inner,) = layer.backup
        layer.live = True
