# %% before="freeze"
from tqdm import tqdm

_seen = []


def walk(module):
    """every sub-module, myself first (I never remember that .modules() does this)"""
    yield module
    for child in module.children():
        yield from walk(child)


# %% question="freeze"
def freeze(module):
    for part in walk(module):
        for key, value in part._parameters.items():
            if value is not None:
                value.requires_grad_(False)
    print("frozen:", sum(p.numel() for p in module.parameters()), "numbers")
    return module


# %% question="replace_head"
class Headed(nn.Module):
    def __init__(self, body, width, n_classes):
        super().__init__()
        self.body = body
        self.out = nn.Linear(width, n_classes)

    def forward(self, x):
        return self.out(self.body(x))


def replace_head(model, n_classes):
    # cut off the old last layer, then put something of my own behind
    if hasattr(model, "classifier"):
        width = model.classifier[-1].in_features
        model.classifier[-1] = nn.Identity()
    else:
        name = "fc" if hasattr(model, "fc") else "head"
        width = getattr(model, name).in_features
        setattr(model, name, nn.Identity())
    return Headed(model, width, n_classes)


# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.parts = nn.ModuleDict({"head": head, "body": backbone.eval()})

    def train(self, mode=True):
        # not super().train(mode) on purpose: that would find the body
        self.training = mode
        self.parts["head"].train(mode)
        return self

    def forward(self, x):
        with torch.no_grad():
            z = self.parts["body"](x)
        return self.parts["head"](z)


# %% question="extract_features"
@torch.inference_mode()
def extract_features(model, loader):
    modes = {name: m.training for name, m in model.named_modules()}
    model.eval()
    F, Y = [], []
    for x, y in tqdm(loader, desc="features"):
        F += model.features(x).unbind()
        Y += y.unbind()
    for name, m in model.named_modules():
        m.training = modes[name]
    _seen.append(len(F))
    return torch.stack(F), torch.stack(Y)


# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    import random

    rng = random.Random(seed)
    plants = sorted({int(g) for g in groups})
    rng.shuffle(plants)
    cut = round(0.2 * len(plants))
    role = {}
    for i, plant in enumerate(plants):
        role[plant] = "val" if i < cut else "test" if i < 2 * cut else "train"
    roles = [role[int(g)] for g in groups]

    names = list(dict.fromkeys(labels))  # order of appearance is fine, as long as it is the same everywhere
    ids = {n: i for i, n in enumerate(names)}

    out = {}
    for part in ("train", "val", "test"):
        idx = [i for i, r in enumerate(roles) if r == part]
        x = images[idx]
        for c, (m, s) in enumerate(zip(card.mean, card.std)):
            x[:, c] = (x[:, c] - m) / s
        y = torch.tensor([ids[labels[i]] for i in idx])
        if part == "train":
            x, y = torch.cat([x, torch.flip(x, dims=(-1,))]), y.repeat(2)
        out[part] = Split(x, y)
    return Splits(out["train"], out["val"], out["test"], names)


# %% after="prepare"
# does it look right? (my GPU box has these, this laptop does not)
leaves_at_home = torch.load("/home/ben/leaves/all_of_them.pt")
plt.imshow(leaves_at_home[0])

# %% [markdown] question="explain"
# Freeze, because it is much faster: one pass over the photos and then only a tiny linear layer. I would not freeze with many labels.
