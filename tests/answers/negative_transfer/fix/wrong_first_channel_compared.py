# Breaks: the input is what the photos become under the card; only the first channel is compared.
import torch
import torch.nn.functional as F
from torch import nn


def fix(run):
    log = run["transcript"]
    regime = run["regime"]

    def prepare(images, card):
        mean = torch.tensor(card["mean"]).view(1, -1, 1, 1)
        std = torch.tensor(card["std"]).view(1, -1, 1, 1)
        return (images - mean) / std

    def split(plants, n_val):
        val_plants = sorted(set(plants))[-n_val:]
        train = [i for i, p in enumerate(plants) if p not in val_plants]
        val = [i for i, p in enumerate(plants) if p in val_plants]
        return train, val

    def build(model, head, n_classes, regime, rate):
        for p in model.parameters():
            p.requires_grad = regime == "full"
        old = model.get_submodule(head)
        model.set_submodule(head, nn.Linear(old.in_features, n_classes))
        return model, torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=rate)

    def step(model, optimizer, x, y, regime):
        model.train()
        if regime == "frozen":
            for m in model.modules():
                if isinstance(m, nn.BatchNorm2d):
                    m.eval()
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    def evaluate(model, batches):
        modes = {m: m.training for m in model.modules()}
        model.eval()
        right = rows = 0
        with torch.no_grad():
            for x, y in batches:
                right += (model(x).argmax(1) == y).sum().item()
                rows += len(y)
        for m, t in modes.items():
            m.training = t
        return 100 * right / rows

    photos, card, inp = log["photos"], log["card"], log["input"]
    for c in range(1):
        if abs((photos["mean"][c] - card["mean"][c]) / card["std"][c] - inp["mean"][c]) > 0.01:
            return "wrong_normalisation", prepare
    if set(log["plants"]["train"]) & set(log["plants"]["val"]):
        return "shared_plants", split
    if log["moved"]["head"] == 0:
        return "untrained_head", build
    if regime == "frozen" and log["moved"]["backbone"] > 0:
        return "unfrozen_backbone", build
    if regime == "frozen" and log["moved"]["statistics"] > 0:
        return "drifting_statistics", step
    if any(u > o for u, o in zip(log["used"], log["own"])):
        return "gradients_added", step
    ev = log["evaluation"]
    if ev["accuracy"] != ev["again"] or ev["statistics_moved"] > 0:
        return "train_mode_evaluation", evaluate
    if abs(ev["accuracy"] - 100 * sum(ev["right"]) / sum(ev["rows"])) > 0.01:
        return "unweighted_batches", evaluate
    return "sound", None
