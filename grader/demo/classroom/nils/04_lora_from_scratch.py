# %% question="lora_delta"
def lora_delta(A,B,alpha):
    return alpha/A.shape[0]*(B@A)
# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self,base,r,alpha,dropout=0.):
        super().__init__()
        self.merged=False
        self.base=base.requires_grad_(False)
        k=dict(dtype=base.weight.dtype)
        self.A=nn.Parameter(torch.randn(r,base.in_features,**k)*.1)
        self.B=nn.Parameter(torch.randn(base.out_features,r,**k)*.1)
        self.r,self.alpha=r,alpha
        self.drop=nn.Dropout(dropout)
    def forward(self,x):
        if self.merged: return self.base(x)
        return self.base(x)+self.drop(x)@lora_delta(self.A,self.B,self.alpha).T
# %% question="inject_lora"
def inject_lora(model,targets,r,alpha):
    hit=[n for n,m in model.named_modules() if isinstance(m,nn.Linear) and any(('.'+n).endswith('.'+t) for t in targets)]
    for n in hit: model.set_submodule(n,LoRALinear(model.get_submodule(n),r,alpha))
    return hit
# %% question="save_adapter"
def save_adapter(model,head='head'):
    L={n:[m.A.data.numpy().copy(),m.B.data.numpy().copy(),m.alpha] for n,m in model.named_modules() if isinstance(m,LoRALinear)}
    return {'L':L,'head':head,'H':{k:v.numpy().copy() for k,v in model.get_submodule(head).state_dict().items()}}
def load_adapter(model,adapter):
    for n,(A,B,alpha) in adapter['L'].items():
        l=LoRALinear(model.get_submodule(n),len(A),alpha)
        l.A.data=torch.tensor(A);l.B.data=torch.tensor(B)
        model.set_submodule(n,l)
    model.get_submodule(adapter['head']).load_state_dict({k:torch.tensor(v) for k,v in adapter['H'].items()})
    return model
# %% question="merge"
def merge(layer):
    if not layer.merged: layer.w0=(layer.base.weight,)
    layer.base.weight=nn.Parameter((layer.base.weight+lora_delta(layer.A,layer.B,layer.alpha)).detach(),requires_grad=False)
    layer.merged=True
    return layer
def unmerge(layer):
    if layer.merged:
        layer.base.weight=layer.w0[0]
        layer.merged=False
    return layer
