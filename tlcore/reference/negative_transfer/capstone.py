"""The whole way: cards, a model in a wrapper, a choice, and a table of evidence against the scratch arm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tlcore.checkpoints.hub import read_cards
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet
from tlcore.models.outputs import logits_of
from tlcore.training import linear_probe, predict, train


def shortlist(cards: list[dict[str, Any]], needs: dict[str, Any]) -> dict[str, list[str]]:
    """For each model, by name, what rules it out; an empty list if nothing does."""
    # one rule for each reason
    ### BEGIN SOLUTION
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
    ### END SOLUTION


def classifier(folder: str) -> Callable[[Tensor], Tensor]:
    """A function from pictures, as they come, to the plain logits of the model in `folder`."""
    # the card's mean and std, channel by channel; logits and nothing around them
    ### BEGIN SOLUTION
    numbers = json.loads(Path(folder, "model_card.json").read_text())["input"]
    mean, std = (torch.tensor(numbers[key]).view(1, -1, 1, 1) for key in ("mean", "std"))
    model, _ = from_pretrained(folder)

    def classify(x):
        with torch.no_grad():
            return logits_of(model((x - mean) / std))

    return classify
    ### END SOLUTION


def capstone(hub: str, target: Any) -> dict[str, Any]:
    """The chosen model's name, the models of both arms for each seed, and the table of their accuracies."""
    # 1. which models are admissible?
    # 2. two arms: a model of the hub under a new head, and the same architecture from scratch
    # 3. choose by the validation pictures, as a mean over the seeds
    # 4. the test, once; the models of both arms, and their accuracies in per cent
    ### BEGIN SOLUTION
    cards = {card["name"]: card for card in read_cards(hub)}
    admissible = [name for name, reasons in shortlist(list(cards.values()), target.needs).items() if not reasons]

    def normalised(name, x):
        return (x - cards[name]["input"]["mean"][0]) / cards[name]["input"]["std"][0]

    def transferred(name, seed):
        model = TinyNet.from_pretrained(Path(hub, name))
        x, y = target.train(seed)
        with torch.no_grad():
            head = linear_probe(model.features(normalised(name, x)), y, target.n_classes, steps=8)

        def classify(x):
            with torch.no_grad():
                return head(model.features(normalised(name, x)))

        return classify

    def from_scratch(name, seed):
        config = TinyNet.from_pretrained(Path(hub, name)).config
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
    ### END SOLUTION
