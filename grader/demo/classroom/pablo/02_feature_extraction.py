# %% question="freeze"
def freeze(module):
    for param in module.parameters():
        param.requires_grad = False
    return module


# %% question="replace_head"
def replace_head(model, n_classes):
    if hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    elif hasattr(model, "head"):
        model.head = nn.Linear(model.head.in_features, n_classes)
    else:
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, n_classes)
    # feature extraction = nothing else is trained
    for param in model.parameters():
        param.requires_grad = False
    return model


# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone, self.head = backbone, head
        self.freeze_norms()

    def freeze_norms(self):
        for layer in self.backbone.modules():
            layer.eval()

    def train(self, mode=True):
        super().train(mode)
        self.freeze_norms()
        return self

    def forward(self, x):
        return self.head(self.backbone(x))


# %% question="extract_features"
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    out, target = [], []
    with torch.no_grad():
        for x, y in loader:
            out.append(model(x))
            target.append(y)
    model.train(was_training)
    return torch.cat(out), torch.cat(target)


# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    classes = sorted(set(labels))
    number = dict(zip(classes, range(len(classes))))
    y = torch.tensor([number[l] for l in labels])
    x = card.normalise(images)
    torch.manual_seed(seed)
    plants = groups.unique()
    plants = plants[torch.randperm(len(plants))].tolist()
    n = len(plants) // 5
    val_plants, test_plants = set(plants[:n]), set(plants[n : 2 * n])
    rows = {"train": [], "val": [], "test": []}
    for i, g in enumerate(groups.tolist()):
        rows["val" if g in val_plants else "test" if g in test_plants else "train"].append(i)
    tr, va, te = (torch.tensor(rows[k]) for k in ("train", "val", "test"))
    train = Split(torch.cat((x[tr], x[tr].flip(dims=[3]))), torch.cat((y[tr], y[tr])))
    return Splits(train, Split(x[va], y[va]), Split(x[te], y[te]), classes)
