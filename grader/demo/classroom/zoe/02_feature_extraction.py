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
class FrozenNorm(nn.Module):
    """γ (x − μ) / σ + β with the numbers of the pretraining, and nothing that could move."""

    def __init__(self, bn):
        super().__init__()
        σ = (bn.running_var + bn.eps).sqrt()
        self.register_buffer("a", (bn.weight / σ).detach()[:, None, None])
        self.register_buffer("b", (bn.bias - bn.running_mean * bn.weight / σ).detach()[:, None, None])

    def forward(self, x):
        return self.a * x + self.b


class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        for parent in list(backbone.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, (nn.BatchNorm1d, nn.BatchNorm2d)):
                    setattr(parent, name, FrozenNorm(child))
        self.backbone = backbone
        self.head = head

    def forward(self, x):
        return self.head(self.backbone(x))


# %% question="extract_features"
def extract_features(model, loader):
    out = []
    hook = model.backbone.register_forward_hook(lambda _module, _inputs, z: out.append(z.detach().clone()))
    was, labels = model.training, []
    try:
        model.eval()
        for x, y in loader:
            model(x)
            labels.append(y)
    finally:
        hook.remove()
        model.train(was)
    return torch.vstack(out), torch.hstack(labels)


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
