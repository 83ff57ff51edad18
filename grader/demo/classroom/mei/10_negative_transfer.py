# %% question="fix"
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


# %% question="capstone"
import copy
import os

import torch
from torch import nn

from tlcore.checkpoints.hub import read_cards
from tlcore.loading import from_pretrained


def shortlist(cards, needs):
    result = {}
    for c in cards:
        reasons = set()
        if c["task"] != needs["task"]:
            reasons.add("task")
        if (c["input"]["channels"], c["input"]["size"]) != (needs["channels"], needs["size"]):
            reasons.add("input")
        if c["licence"] is None or c["licence"].casefold() not in needs["licences"]:
            reasons.add("licence")
        if not c["parameters"] <= needs["max_parameters"]:
            reasons.add("parameters")
        if any(data == needs["test_data"] for data in c["trained_on"]):
            reasons.add("seen_test")
        result[c["name"]] = reasons
    return result


class Wrapped(nn.Module):
    def __init__(self, folder):
        super().__init__()
        hub, name = os.path.split(folder)
        (card,) = [c for c in read_cards(hub) if c["name"] == name]
        self.model = from_pretrained(folder)[0]
        self.register_buffer("mean", torch.tensor(card["input"]["mean"])[:, None, None])
        self.register_buffer("std", torch.tensor(card["input"]["std"])[:, None, None])

    def forward(self, x):
        out = self.model((x - self.mean) / self.std)
        return out if isinstance(out, torch.Tensor) else out.logits


def classifier(folder):
    return Wrapped(folder).eval()


def fresh(net):
    net = copy.deepcopy(net)
    for module in net.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return net


def capstone(hub, target):
    def build(name, arm, seed):
        torch.manual_seed(seed)
        net = classifier(os.path.join(hub, name))
        net.model.fc = nn.Linear(net.model.fc.in_features, target.n_classes)
        if arm == "scratch":
            net.model = fresh(net.model)
        else:
            net.model.backbone.requires_grad_(False)
        x, y = target.train(seed)
        learned = [p for p in net.parameters() if p.requires_grad]
        optimizer = torch.optim.Adam(learned, lr=0.003 if arm == "scratch" else 0.02)
        for _ in range(35):
            net.train(arm == "scratch")
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()
        return net.eval()

    @torch.no_grad()
    def percent(net, data):
        x, y = data
        return float((net(x).argmax(1) == y).float().mean() * 100)

    names = [n for n, why in shortlist(read_cards(hub), target.needs).items() if len(why) == 0]
    scores = {n: [percent(build(n, "transfer", s), target.val()) for s in target.seeds] for n in names}
    chosen = sorted(names, key=lambda n: -sum(scores[n]))[0]
    models = {arm: [build(chosen, arm, s) for s in target.seeds] for arm in ("transfer", "scratch")}
    test = target.test(chosen)
    return {
        "chosen": chosen,
        "models": models,
        "table": {arm: torch.tensor([percent(m, test) for m in ms]) for arm, ms in models.items()},
    }
