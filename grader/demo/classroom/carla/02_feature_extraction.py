# %% before="freeze"
# %matplotlib inline
# %config InlineBackend.figure_format = "retina"
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.model_selection import GroupShuffleSplit

sns.set_theme()


# %% before="freeze"
def n_trainable(m): return sum(p.numel() for p in m.parameters() if p.requires_grad)


# %% question="freeze"
# %time print("just checking that timing works")
def freeze(module):
    before = n_trainable(module)
    module.requires_grad_(False)
    assert n_trainable(module) == 0, f"still {n_trainable(module)} of {before}"
    return module


# %% after="freeze"
# %timeit -n1 -r1 freeze(nn.Linear(1000, 1000))
# !nvidia-smi


# %% question="replace_head"
def replace_head(model, n_classes):
    """Works for ANY torch model: look for the last Linear, whatever it is called"""
    last = None
    for name, m in model.named_modules():
        if isinstance(m, nn.Linear):
            last = name
    *path, leaf = last.split(".")
    parent = model
    for p in path:
        parent = getattr(parent, p)
    old = getattr(parent, leaf)
    setattr(parent, leaf, nn.Linear(old.in_features, n_classes))
    return model


# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.net = nn.ModuleDict({"backbone": backbone, "head": head})
        self.train(self.training)

    def train(self, mode: bool = True):
        nn.Module.train(self, mode)
        self.net["backbone"].train(False)
        return self

    def forward(self, x):
        return self.net["head"](self.net["backbone"](x))


# %% question="extract_features"
def extract_features(model, loader):
    was = model.training
    model.eval()
    rows = []
    with torch.no_grad():
        for xb, yb in loader:
            z = model.features(xb).numpy()
            rows.append(np.column_stack([z, yb.numpy()]))  # keep label glued to its row!
    model.train(was)
    table = np.concatenate(rows)
    return table[:, :-1].astype("float32"), table[:, -1].astype(int)


# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    names, y = np.unique(labels, return_inverse=True)
    y = torch.from_numpy(y)
    idx = np.arange(len(y))
    gr = groups.numpy()
    outer = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=seed)
    trainval, test = next(outer.split(idx, groups=gr))
    inner = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=seed)
    a, b = next(inner.split(trainval, groups=gr[trainval]))
    train, val = trainval[a], trainval[b]
    assert not set(gr[train]) & set(gr[test])

    mu = torch.tensor(card.mean).reshape(1, -1, 1, 1)
    sd = torch.tensor(card.std).reshape(1, -1, 1, 1)
    X = (images - mu) / sd
    Xtr = torch.cat([X[train], X[train].flip(-1)])
    return Splits(
        train=Split(Xtr, torch.cat([y[train], y[train]])),
        val=Split(X[val], y[val]),
        test=Split(X[test], y[test]),
        names=list(map(str, names)),
    )


# %% after="prepare"
pd.Series(prepare(images, labels, groups, card, 0).train.y.numpy()).value_counts().plot.bar()
