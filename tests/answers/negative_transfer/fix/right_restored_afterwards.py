import functools

import torch
from torch import nn


def fix(run):
    log = run["transcript"]

    def prepare(images, card):
        planes = [(plane - m) / s for plane, m, s in zip(images.unbind(1), card["mean"], card["std"])]
        return torch.stack(planes, 1)

    def split(plants, n_val):
        plants = torch.tensor(plants)
        val = torch.isin(plants, plants.unique()[-n_val:])
        return torch.nonzero(~val).flatten(), torch.nonzero(val).flatten()

    def build(model, head, n_classes, regime, rate):
        for name, p in model.named_parameters():
            p.requires_grad = regime == "full"
        layer = nn.Linear(model.get_submodule(head).in_features, n_classes)
        *owner, last = head.split(".")
        functools.reduce(getattr, owner, model)._modules[last] = layer
        chosen = {"full": model, "frozen": layer}[regime]
        print("trainable:", sum(p.numel() for p in chosen.parameters()))
        return model, torch.optim.SGD(chosen.parameters(), lr=rate)

    def step(model, optimizer, x, y, regime):
        norms = [m for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d))]
        model.train(True)
        for norm in norms:
            norm.train(regime == "full")
        model.zero_grad()
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        for norm in norms:
            norm.train()
        return loss.detach().item()

    def evaluate(model, batches):
        was = {name: module.training for name, module in model.named_modules()}
        kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        outcomes = []
        model.eval()
        for x, y in batches:
            outcomes += (model(x).max(1).indices == y).tolist()
        model.load_state_dict(kept)
        for name, module in model.named_modules():
            module.training = was[name]
        return sum(outcomes) / len(outcomes) * 100.0

    ev, moved, frozen = log["evaluation"], log["moved"], run["regime"] == "frozen"
    expected = [(p - m) / s for p, m, s in zip(log["photos"]["mean"], log["card"]["mean"], log["card"]["std"])]
    if max(abs(a - b) for a, b in zip(expected, log["input"]["mean"])) > 0.02:
        return ["wrong_normalisation", prepare]
    if set(log["plants"]["val"]) - (set(log["plants"]["val"]) - set(log["plants"]["train"])):
        return ["shared_plants", split]
    if moved["head"] == 0.0:
        return ["untrained_head", build]
    if frozen and (moved["backbone"] or moved["statistics"]):
        return ["unfrozen_backbone", build] if moved["backbone"] else ["drifting_statistics", step]
    if any(u - o > 0.02 for o, u in zip(log["own"], log["used"])):
        return ["gradients_added", step]
    if ev["statistics_moved"] or ev["again"] != ev["accuracy"]:
        return ["train_mode_evaluation", evaluate]
    if abs(sum(ev["right"]) / sum(ev["rows"]) * 100 - ev["accuracy"]) > 0.01:
        return ["unweighted_batches", evaluate]
    return ["sound", None]
