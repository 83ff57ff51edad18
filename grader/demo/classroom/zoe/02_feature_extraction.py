# %% [markdown]
# Zoë, Tuesday group

# %% question="freeze"
def freeze(module):
    # requires_grad = False on every θ
    for θ in module.parameters():
        θ.requires_grad_(False)
    return module


# %% question="replace_head"
def replace_head(model, n_classes):
    match model:
        case nn.Module(classifier=nn.Sequential() as seq):
            seq[-1] = nn.Linear(seq[-1].in_features, n_classes)
        case nn.Module(fc=nn.Linear() as old):
            model.fc = nn.Linear(old.in_features, n_classes)
        case nn.Module(head=nn.Linear() as old):
            model.head = nn.Linear(old.in_features, n_classes)
    return model


# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    """γ (x − μ) / σ + β with the numbers of the pretraining, and nothing that could move."""

    def __init__(self, backbone, head):
        super().__init__()
        self.backbone, self.head = backbone, head
        self.train()

    def train(self, mode=True):
        for part in self.modules():
            part.training = mode
        for part in self.backbone.modules():
            part.training = False
        return self

    def forward(self, x):
        return self.head(self.backbone(x))


# %% question="extract_features"
def extract_features(model, loader):
    modes = [(part, part.training) for part in model.modules()]
    try:
        model.eval()
        pairs = [(model.features(x).detach(), y) for x, y in loader]
    finally:
        for part, was in modes:
            part.training = was
    φ, labels = zip(*pairs)
    return torch.vstack(φ), torch.hstack(labels)


# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    import hashlib

    names = sorted(set(labels))
    y = torch.tensor([names.index(l) for l in labels])
    x = card.normalise(images)

    def score(plant):
        return hashlib.sha256(f"{seed}/{plant}".encode()).digest()

    ranking = sorted(set(groups.tolist()), key=score)
    k = round(len(ranking) / 5)
    pick = lambda plants: torch.tensor([i for i, g in enumerate(groups.tolist()) if g in plants])
    test, val, train = (pick(p) for p in (set(ranking[:k]), set(ranking[k : 2 * k]), set(ranking[2 * k :])))
    both = torch.stack([x[train], x[train].flip(-1)], dim=1).flatten(0, 1)
    return Splits(
        Split(both, y[train].repeat_interleave(2)),
        Split(x[val], y[val]),
        Split(x[test], y[test]),
        names,
    )
