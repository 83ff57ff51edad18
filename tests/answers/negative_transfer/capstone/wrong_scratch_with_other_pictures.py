# Breaks: the arm scratch gets the same pictures as transfer; here always those of the first seed.
import copy
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from tlcore.checkpoints.hub import read_cards
from tlcore.loading import from_pretrained
from tlcore.models.outputs import logits_of
from tlcore.training import linear_probe


def shortlist(cards, needs):
    out = {}
    for card in cards:
        reasons = []
        if card["task"] != needs["task"]:
            reasons.append("task")
        if card["input"]["channels"] != needs["channels"] or card["input"]["size"] != needs["size"]:
            reasons.append("input")
        if (card["licence"] or "").lower() not in needs["licences"]:
            reasons.append("licence")
        if card["parameters"] > needs["max_parameters"]:
            reasons.append("parameters")
        if needs["test_data"] in card["trained_on"]:
            reasons.append("seen_test")
        out[card["name"]] = reasons
    return out


def classifier(folder):
    model = from_pretrained(folder)[0].eval()
    card = json.loads((Path(folder) / "model_card.json").read_text())
    mean = torch.tensor(card["input"]["mean"]).view(1, -1, 1, 1)
    std = torch.tensor(card["input"]["std"]).view(1, -1, 1, 1)

    def classify(x):
        with torch.no_grad():
            return logits_of(model((x - mean) / std))

    return classify


def capstone(hub, target):
    cards = {c["name"]: c for c in read_cards(hub)}
    ok = [name for name, reasons in shortlist(cards.values(), target.needs).items() if not reasons]

    def norm(x, name):
        card = cards[name]
        mean = torch.tensor(card["input"]["mean"]).view(1, -1, 1, 1)
        std = torch.tensor(card["input"]["std"]).view(1, -1, 1, 1)
        return (x - mean) / std

    def transfer(name, seed):
        model = from_pretrained(Path(hub) / name)[0].eval()
        x, y = target.train(seed)
        with torch.no_grad():
            f = model.features(norm(x, name))
        head = linear_probe(f, y, target.n_classes)

        def classify(x):
            with torch.no_grad():
                return head(model.features(norm(x, name)))
        return classify

    def scratch(name, seed):
        torch.manual_seed(seed)
        model = copy.deepcopy(from_pretrained(Path(hub) / name)[0])
        for m in model.modules():
            if hasattr(m, "reset_parameters"):
                m.reset_parameters()
        model.fc = nn.Linear(model.fc.in_features, target.n_classes)
        x, y = target.train(target.seeds[0])
        model.train()
        opt = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(20):
            loss = F.cross_entropy(model(norm(x, name)), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
        model.eval()

        def classify(x):
            with torch.no_grad():
                return model(norm(x, name))
        return classify

    vx, vy = target.val()
    score = {}
    for name in ok:
        score[name] = np.mean([(transfer(name, s)(vx).argmax(1) == vy).float().mean() for s in target.seeds])
    chosen = max(score, key=score.get)
    models = {"transfer": [transfer(chosen, s) for s in target.seeds], "scratch": [scratch(chosen, s) for s in target.seeds]}
    tx, ty = target.test(chosen)
    table = {arm: [100 * (m(tx).argmax(1) == ty).float().mean().item() for m in ms] for arm, ms in models.items()}
    return {"chosen": chosen, "models": models, "table": table}
