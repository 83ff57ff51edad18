# %% question="freeze"
def freeze(module):
    for p in module.parameters():
        p.required_grad = False
    return module

# %% question="replace_head"
def replace_head(model, n_classes):
    # the model is trained already, so leave it alone and add a layer at the end
    n_old = [p for p in model.parameters()][-1].shape[0]
    return nn.Sequential(model, nn.ReLU(), nn.Linear(n_old, n_classes))

# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head

    def train(self, mode=True):
        super().train(mode)
        for m in self.backbone.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.eval()

    def forward(self, x):
        return self.head(self.backbone(x))

# %% question="extract_features"
def extract_features(model, loader):
    training = model.training
    model.eval()
    with torch.no_grad():
        f = [model.features(x).T for x, y in loader]
    model.train(training)
    return torch.cat(f, dim=1), torch.cat([y for x, y in loader])

# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels))
    y = torch.tensor([names.index(l) for l in labels])
    first = images[:1]
    x = (images - first.mean(dim=0)) / first.std(dim=0)
    plants = groups.unique()
    torch.manual_seed(seed)
    plants = plants[torch.randperm(len(plants))]
    n = len(plants) // 5
    p = lambda i: Split(x[torch.isin(groups, i)], y[torch.isin(groups, i)])
    train = p(plants[2 * n :])
    train = Split(torch.cat([train.x, train.x.flip(-1)]), torch.cat([train.y, train.y]))
    return Splits(train, p(plants[:n]), p(plants[n : 2 * n]), names)
