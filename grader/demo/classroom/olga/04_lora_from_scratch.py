# %% question="lora_delta"
def lora_delta(A, B, alpha):
    '''The update of the weight.'''
    rank = B.shape[1]
    return (alpha / rank) * torch.mm(B, A)

# %% question="lora_linear"
class LoRALinear(nn.Module):
    '''W x + b + alpha / r B A x'''

    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base
        for parameter in self.base.parameters():
            parameter.requires_grad = False
        self.r = r
        self.alpha = alpha
        # a Parameter is just a tensor with requires_grad=True
        self.A = torch.randn(r, base.in_features, dtype=base.weight.dtype, requires_grad=True)
        self.B = torch.zeros(base.out_features, r, dtype=base.weight.dtype, requires_grad=True)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + (self.alpha / self.r) * (self.dropout(x) @ self.A.T @ self.B.T)

# %% question="inject_lora"
def inject_lora(model, targets, r, alpha):
    '''Wrap the layers; return their names.'''
    paths = []
    for path, module in model.named_modules():
        is_target = path.split('.')[-1] in targets
        if is_target and isinstance(module, nn.Linear):
            paths.append(path)
    for path in paths:
        parent_path, _, name = path.rpartition('.')
        parent = model.get_submodule(parent_path)
        setattr(parent, name, LoRALinear(getattr(parent, name), r, alpha))
    return paths

# %% question="save_adapter"
def save_adapter(model, head='head'):
    '''The trained tensors.'''
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALinear):
            state[path + '.A'] = module.A.detach().clone()
            state[path + '.B'] = module.B.detach().clone()
    for name, tensor in model.get_submodule(head).state_dict().items():
        state[head + '.' + name] = tensor.detach().clone()
    return state


def load_adapter(model, adapter):
    '''strict=False because the base is not in the adapter.'''
    model.load_state_dict(adapter, strict=False)
    return model

# %% question="merge"
def merge(layer):
    '''Put the update into the weight.'''
    if not layer.merged:
        layer.original = (layer.base.weight,)
        update = (layer.alpha / layer.r) * (layer.B @ layer.A)
        layer.base.weight = nn.Parameter((layer.base.weight + update).detach(), requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer):
    '''Take it out again.'''
    if layer.merged:
        layer.base.weight = layer.original[0]
        layer.merged = False
    return layer
