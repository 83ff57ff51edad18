# %% question="freeze"
def freeze(module):
    for layer in module.children():
        for param in layer.parameters(recurse=False):
            param.requires_grad = False
    for param in module.parameters(recurse=False):
        param.requires_grad = False
    return module


# %% question="replace_head"
def replace_head(model, n_classes):
    if hasattr(model, "fc"):
        model.fc = nn.Linear(512, n_classes)
    elif hasattr(model, "head"):
        model.head = nn.Linear(512, n_classes)
    elif hasattr(model, "classifier"):
        model.classifier[-1] = nn.Linear(512, n_classes)
    return model


# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        for m in self.backbone.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.momentum = 0.0  # statistics can't move any more

    def forward(self, x):
        return self.head(self.backbone(x))


# %% question="extract_features"
def extract_features(model, loader):
    mode = model.training
    model.eval()
    with torch.no_grad():
        features = torch.cat([model.features(x) for x, _ in loader])
    labels = torch.cat([y for _, y in loader])
    model.train(mode)
    return features, labels


# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels))
    y = torch.tensor([names.index(l) for l in labels])
    x = card.normalise(images)
    # 60 / 20 / 20
    n = len(x)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    val, test, train = order[: n // 5], order[n // 5 : 2 * (n // 5)], order[2 * (n // 5) :]
    xt, yt = x[train], y[train]
    return Splits(
        Split(torch.cat([xt, xt.flip(-1)]), torch.cat([yt, yt])),
        Split(x[val], y[val]),
        Split(x[test], y[test]),
        names,
    )
