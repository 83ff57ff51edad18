# Breaks: an evaluation that moves the statistics is in train mode, even if it gives the same number twice.
import torch
import torch.nn.functional as F
from torch import nn


def fix(run):

    def prepare(images, card):
        mean, std = (torch.tensor(card[key], dtype=images.dtype).view(1, -1, 1, 1) for key in ("mean", "std"))
        return (images - mean) / std

    def split(plants, n_val):
        held_out = sorted(set(plants))[-n_val:]
        val = [row for row, plant in enumerate(plants) if plant in held_out]
        return [row for row in range(len(plants)) if row not in val], val

    def build(model, head, n_classes, regime, rate):
        model.requires_grad_(regime == "full")
        model.set_submodule(head, nn.Linear(model.get_submodule(head).in_features, n_classes))
        return model, torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=rate)

    def step(model, optimizer, x, y, regime):
        model.train()
        for module in model.modules():
            if regime == "frozen" and isinstance(module, nn.BatchNorm2d):
                module.eval()
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    def evaluate(model, batches):
        modes = [(module, module.training) for module in model.modules()]
        model.eval()
        right = rows = 0
        with torch.no_grad():
            for x, y in batches:
                right += (model(x).argmax(1) == y).sum().item()
                rows += len(y)
        for module, training in modes:
            module.training = training
        return 100 * right / rows

    def differ(a, b):
        return abs(a - b) > 0.01

    log, frozen = run["transcript"], run["regime"] == "frozen"
    photos, card, moved, tested = log["photos"], log["card"], log["moved"], log["evaluation"]
    wanted = [(p - m) / s for p, m, s in zip(photos["mean"], card["mean"], card["std"], strict=True)]
    share = 100 * sum(tested["right"]) / sum(tested["rows"])
    again = differ(tested["accuracy"], tested["again"])
    rules = [
        ("wrong_normalisation", prepare, any(map(differ, wanted, log["input"]["mean"]))),
        ("shared_plants", split, set(log["plants"]["train"]) & set(log["plants"]["val"])),
        ("untrained_head", build, moved["head"] == 0),
        ("unfrozen_backbone", build, frozen and moved["backbone"] > 0),
        ("drifting_statistics", step, frozen and moved["statistics"] > 0),
        ("gradients_added", step, any(u > o + 0.01 for u, o in zip(log["used"], log["own"], strict=True))),
        ("train_mode_evaluation", evaluate, again),
        ("unweighted_batches", evaluate, differ(tested["accuracy"], share)),
    ]
    return next(((cause, patched) for cause, patched, holds in rules if holds), ("sound", None))
