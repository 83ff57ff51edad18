# Breaks: only admissible models may be chosen.
import json
from pathlib import Path

import torch

from tlcore.checkpoints.hub import read_cards
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet
from tlcore.models.outputs import logits_of
from tlcore.training import linear_probe, predict, train


def shortlist(cards, needs):
    found = {}
    for card in cards:
        licence = (card["licence"] or "").lower()
        rules = {
            "task": card["task"] != needs["task"],
            "input": any(card["input"][key] != needs[key] for key in ("channels", "size")),
            "licence": licence not in needs["licences"],
            "parameters": card["parameters"] > needs["max_parameters"],
            "seen_test": needs["test_data"] in card["trained_on"],
        }
        found[card["name"]] = [reason for reason, holds in rules.items() if holds]
    return found


def classifier(folder):
    numbers = json.loads(Path(folder, "model_card.json").read_text())["input"]
    mean, std = (torch.tensor(numbers[key]).view(1, -1, 1, 1) for key in ("mean", "std"))
    model, _ = from_pretrained(folder)

    def classify(x):
        with torch.no_grad():
            return logits_of(model((x - mean) / std))

    return classify


def capstone(hub, target):
    cards = {card["name"]: card for card in read_cards(hub)}
    admissible = [name for name, card in cards.items() if card["input"]["channels"] == 1]

    def normalised(name, x):
        return (x - cards[name]["input"]["mean"][0]) / cards[name]["input"]["std"][0]

    def transferred(name, seed):
        model, _ = from_pretrained(Path(hub, name))
        x, y = target.train(seed)
        with torch.no_grad():
            head = linear_probe(model.features(normalised(name, x)), y, target.n_classes, steps=8)

        def classify(x):
            with torch.no_grad():
                return head(model.features(normalised(name, x)))

        return classify

    def from_scratch(name, seed):
        config = from_pretrained(Path(hub, name))[0].config
        torch.manual_seed(seed)
        model = TinyNet(target.n_classes, config.in_channels, config.widths, dropout=0.0)
        x, y = target.train(seed)
        train(model, (normalised(name, x), y), steps=20, lr=5e-3, progress=False)
        return lambda x: predict(model, normalised(name, x))

    def accuracy_of(classify, x, y):
        return 100 * (classify(x).argmax(1) == y).double().mean().item()

    def on_validation(name):
        return sum(accuracy_of(transferred(name, seed), *target.val()) for seed in target.seeds)

    chosen = max(admissible, key=on_validation)
    arms = {"transfer": transferred, "scratch": from_scratch}
    models = {arm: [fit(chosen, seed) for seed in target.seeds] for arm, fit in arms.items()}
    test = target.test(chosen)
    table = {arm: [accuracy_of(classify, *test) for classify in fitted] for arm, fitted in models.items()}
    return {"chosen": chosen, "models": models, "table": table}
