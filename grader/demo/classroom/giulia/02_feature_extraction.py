# %% question="freeze"
def freeze(module):
    for name, p in module.named_parameters():
        if "weight" in name:
            p.requires_grad = False
    return module


# %% question="replace_head"
def replace_head(model, n_classes):
    for name in ["fc", "head"]:
        if hasattr(model, name):
            setattr(model, name, nn.Linear(getattr(model, name).in_features, n_classes))
    if hasattr(model, "classifier"):
        layers = list(model.classifier)
        old = layers.pop()
        layers.append(nn.Linear(old.in_features, n_classes))
        model.classifier = nn.Sequential(*layers)
    return model


# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.eval()

    def train(self, mode=True):
        # never go to train mode again :-)
        return super().train(False)

    def forward(self, x):
        return self.head(self.backbone(x))


# %% question="extract_features"
def extract_features(model, loader):
    previous = model.training
    model.eval()
    features = []
    labels = []
    for x, y in loader:
        features.append(model.features(x).detach())
        labels.append(y)
    model.train(previous)
    return torch.cat(features), torch.cat(labels)


# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels))
    y = torch.tensor([names.index(l) for l in labels])
    x = card.normalise(images)
    torch.manual_seed(seed)
    u = groups.unique()
    u = u[torch.randperm(u.numel())]
    k = u.numel() // 5

    def part(ids):
        m = torch.isin(groups, ids)
        return x[m], y[m]

    xt, yt = part(u[2 * k :])
    xt, yt = torch.cat([xt, xt.flip(-1)]), torch.cat([yt, yt])
    return Splits(Split(xt, yt), Split(*part(u[:k])), Split(*part(u[k : 2 * k])), names)

# %% [markdown] question="explain"
# Frozen models are more accurate (about 65 % here). I would unfreeze if it is not accurate enough.
