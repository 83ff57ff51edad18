# %% before="lora_delta"
def scaling(alpha, r):
    return alpha / r

# %% question="lora_delta"
def lora_delta(A, B, alpha):
    return scaling(alpha, A.shape[0]) * torch.tensordot(B, A, dims=1)

# %% before="lora_linear"
from torch.nn.utils import parametrize


class LowRank(nn.Module):
    """W -> W + alpha/r B A, as a parametrization of the weight itself"""

    def __init__(self, W, r, alpha, dropout):
        super().__init__()
        n_out, n_in = W.shape
        self.A = nn.Parameter(torch.randn(r, n_in, dtype=W.dtype) / n_in**0.5)
        self.B = nn.Parameter(torch.zeros(n_out, r, dtype=W.dtype))
        self.scale = scaling(alpha, r)
        self.dropout = nn.Dropout(dropout)

    def forward(self, W):
        keep = self.dropout(torch.ones_like(W[:1]))  # drops inputs, for the whole batch at once
        return W + self.scale * (self.B @ (self.A * keep))

# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        base.requires_grad_(False)
        self.r, self.alpha = r, alpha
        self.bias = base.bias
        self.weight = base.weight
        self.update = LowRank(base.weight, r, alpha, dropout)
        self.frozen_sum = None

    def forward(self, x):
        W = self.update(self.weight) if self.frozen_sum is None else self.frozen_sum
        return nn.functional.linear(x, W, self.bias)

# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    paths = [p for p, m in model.named_modules() if type(m) is nn.Linear and is_target(p, targets)]
    for p in paths:
        model.set_submodule(p, LoRALinear(model.get_submodule(p), r, alpha))
    return paths

# %% after="inject_lora"
def is_target(path, targets):
    return any(path == t or path.endswith(f".{t}") for t in targets)


assert is_target("a.q_proj", ["q_proj"]) and not is_target("a.my_q_proj", ["q_proj"])

# %% question="save_adapter"
def save_adapter(model, head="head"):
    adapter = io.BytesIO()
    torch.save(
        {
            "loras": {
                p: dict(r=m.r, alpha=m.alpha, state=m.update.state_dict())
                for p, m in model.named_modules()
                if isinstance(m, LoRALinear)
            },
            "head": {head: model.get_submodule(head).state_dict()},
        },
        adapter,
    )
    return adapter


def load_adapter(model, adapter):
    adapter.seek(0)
    a = torch.load(adapter, weights_only=True)
    for p, lora in a["loras"].items():
        layer = LoRALinear(model.get_submodule(p), lora["r"], lora["alpha"])
        layer.update.load_state_dict(lora["state"])
        model.set_submodule(p, layer)
    for path, state in a["head"].items():
        model.get_submodule(path).load_state_dict(state)
    return model

# %% question="merge"
def merge(layer):
    if layer.frozen_sum is None:
        with torch.no_grad():
            training, _ = layer.training, layer.eval()
            layer.frozen_sum = layer.update(layer.weight).clone()
            layer.train(training)
    return layer


def unmerge(layer):
    layer.frozen_sum = None
    return layer
