import numpy as np
import torch
from torch import nn


def normalise_pictures(images, card):
    out = images.clone()
    for c in range(out.shape[1]):
        out[:, c] = (out[:, c] - card["mean"][c]) / card["std"][c]
    return out


def divide(plants, n_val):
    plants = np.array(plants)
    val = np.isin(plants, np.unique(plants)[::-1][:n_val])
    return np.flatnonzero(~val), np.flatnonzero(val)


def make(model, head, n_classes, regime, rate):
    *where, last = head.split(".")
    owner = model.get_submodule(".".join(where))
    new = nn.Linear(getattr(owner, last).in_features, n_classes)
    setattr(owner, last, new)
    for p in model.parameters():
        p.requires_grad = regime == "full"
    for p in new.parameters():
        p.requires_grad = True
    trained = new.parameters() if regime == "frozen" else model.parameters()
    return [model, torch.optim.SGD(list(trained), lr=rate)]


def one_step(model, optimizer, x, y, regime):
    model.train()
    if regime == "frozen":
        for m in model.modules():
            if "BatchNorm" in type(m).__name__:
                m.eval()
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = None
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()


def measure(model, batches):
    training = {m for m in model.modules() if m.training}
    model.eval()
    hits = []
    for x, y in batches:
        with torch.inference_mode():
            hits.append(model(x).argmax(-1).eq(y).float())
    for m in model.modules():
        m.training = m in training
    return torch.cat(hits).mean() * 100


def fix(run):
    t = run["transcript"]
    for i, mean in enumerate(t["input"]["mean"]):
        wanted = (t["photos"]["mean"][i] - t["card"]["mean"][i]) / t["card"]["std"][i]
        if not np.isclose(mean, wanted, atol=5e-3):
            return "wrong_normalisation", normalise_pictures
    if not set(t["plants"]["train"]).isdisjoint(t["plants"]["val"]):
        return "shared_plants", divide
    if t["moved"]["head"] == 0:
        return "untrained_head", make
    if run["regime"] == "frozen":
        if t["moved"]["backbone"]:
            return "unfrozen_backbone", make
        if t["moved"]["statistics"]:
            return "drifting_statistics", one_step
    if (np.array(t["used"]) - np.array(t["own"]) > 0.01).any():
        return "gradients_added", one_step
    e = t["evaluation"]
    if e["again"] != e["accuracy"] or e["statistics_moved"]:
        return "train_mode_evaluation", measure
    if abs(e["accuracy"] / 100 - sum(e["right"]) / sum(e["rows"])) > 1e-4:
        return "unweighted_batches", measure
    return "sound", None
