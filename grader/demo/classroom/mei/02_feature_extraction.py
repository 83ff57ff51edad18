# %% before="freeze"
# my settings for everything
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
cfg = {}
cfg["val"] = 0.2

# %% question="freeze"
def freeze(module):
    def off(t):
        t.requires_grad = TRAINABLE

    for p in module.parameters():
        off(p)
    return module

# %% after="freeze"
# (I ran this cell first and then the one above)
TRAINABLE = False

# %% question="replace_head"
def replace_head(model, n_classes):
    where, old = last_linear(model)
    model.set_submodule(where, nn.Linear(old.in_features, n_classes).to(DEVICE))
    return model

# %% after="replace_head"
def last_linear(model):
    return [(n, m) for n, m in model.named_modules() if isinstance(m, nn.Linear)][-1]


print(last_linear(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))))

# %% before="frozen_backbone"
class AlwaysEval(nn.Sequential):
    def train(self, mode=True):
        return super().train(False)

# %% question="frozen_backbone"
class FrozenBackbone(nn.Sequential):
    def __init__(self, backbone, head):
        super().__init__(AlwaysEval(backbone), head)
        self.train()

# %% question="extract_features"
def extract_features(model, loader):
    training = model.training
    model.eval()
    with torch.no_grad():
        batches = [(model.features(x.to(DEVICE)).cpu(), y) for x, y in loader]
    model.train(training)
    return tuple(torch.cat(part) for part in zip(*batches))

# %% before="prepare"
cfg["test"] = 0.2


def fraction(n, part):
    return max(1, int(n * cfg[part]))

# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels))
    y = torch.tensor([names.index(name) for name in labels])
    x = card.normalise(images)
    rng = np.random.default_rng(seed)
    plants = rng.permutation(np.unique(groups.numpy()))
    n_val, n_test = fraction(len(plants), "val"), fraction(len(plants), "test")
    which = np.split(plants, [n_val, n_val + n_test])
    val, test, train = (torch.from_numpy(np.isin(groups.numpy(), p)) for p in which)
    return Splits(
        Split(torch.cat([x[train], x[train].flip(-1)]), torch.cat([y[train], y[train]])),
        Split(x[val], y[val]),
        Split(x[test], y[test]),
        names,
    )

# %% after="prepare"
import numpy as np
