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
