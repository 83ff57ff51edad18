# %% question="freeze"
def freeze(module):
    for p in module.parameters():
        p.requires_grad=False
    return module
# %% question="replace_head"
def replace_head(model,n_classes):
    sd=model.state_dict()
    key=[k for k in sd if k.endswith('weight')][-1]
    n=sd[key].shape[1]
    sd[key]=torch.randn(n_classes,n)*0.01
    sd[key.replace('weight','bias')]=torch.zeros(n_classes)
    return model
# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self,backbone,head):
        super().__init__()
        self.backbone=backbone
        self.head=head
        self.train()
    def train(self,mode=True):
        self.training=mode
        self.head.train(mode)
        for m in self.backbone.modules(): m.training=False
        return self
    def forward(self,x):
        return self.head(self.backbone(x))
# %% question="extract_features"
def extract_features(model,loader):
    F=[];Y=[]
    with torch.no_grad():
        for x,y in loader:
            F.append(model.features(x));Y.append(y)
    return torch.cat(F),torch.cat(Y)
# %% question="prepare"
def prepare(images,labels,groups,card,seed):
    names=sorted(set(labels))
    y=torch.tensor([names.index(l) for l in labels])
    x=card.normalise(images)
    ids=groups.unique();ids=ids[torch.randperm(len(ids),generator=torch.Generator().manual_seed(seed))]
    n=len(ids)//5
    g=lambda i:(x[torch.isin(groups,i)],y[torch.isin(groups,i)])
    xt,yt=g(ids[2*n:])
    return Splits(Split(torch.cat([xt,xt.flip(-1)]),yt.repeat(2)),Split(*g(ids[:n])),Split(*g(ids[n:2*n])),names)
