"""Wrong ideas about `capstone`, and about the two functions on the way to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tlcore.checkpoints.hub import read_cards
from tlcore.loading import from_pretrained
from tlcore.misconceptions.registry import misconception
from tlcore.models import TinyNet
from tlcore.models.outputs import logits_of
from tlcore.reference.negative_transfer.capstone import shortlist as sound_shortlist
from tlcore.training import linear_probe, predict, train

Found = dict[str, list[str]]


def _with(cards: Any, needs: Any, reason: str, holds: Any) -> Found:
    """The sound shortlist with another rule for one reason: `holds(card)`."""
    found = sound_shortlist(cards, needs)
    for card in cards:
        kept = [other for other in found[card["name"]] if other != reason]
        found[card["name"]] = kept + [reason] * bool(holds(card))
    return found


@misconception(
    replaces="shortlist", asks="Anybody can download these weights. What does the licence say about using them?"
)
def what_can_be_downloaded_may_be_used(cards: Any, needs: Any) -> Found:
    """No licence rules a model out."""
    return _with(cards, needs, "licence", lambda card: False)


@misconception(replaces="shortlist", asks="A card names no licence. Who has then allowed you to use the model?")
def no_licence_is_free(cards: Any, needs: Any) -> Found:
    """A model without a licence is thought to be free for every use."""
    return _with(cards, needs, "licence", lambda c: c["licence"] and c["licence"].lower() not in needs["licences"])


@misconception(replaces="shortlist", asks="At most 5000 parameters are allowed, and a model has 5000. Is it too large?")
def limit_is_too_large(cards: Any, needs: Any) -> Found:
    """As many parameters as are allowed are thought to be too many."""
    return _with(cards, needs, "parameters", lambda card: card["parameters"] >= needs["max_parameters"])


@misconception(replaces="shortlist", asks="What happens to the old head of a model that gets a new task?")
def classes_have_to_match(cards: Any, needs: Any) -> Found:
    """A model with another number of classes is ruled out."""
    return _with(cards, needs, "classes", lambda card: len(card["names"]) != needs["n_classes"])


@misconception(
    replaces="shortlist", asks="Your reader wants to know all that is wrong with a model. What comes after the first?"
)
def first_reason_only(cards: Any, needs: Any) -> Found:
    """Only the first reason is given."""
    return {name: reasons[:1] for name, reasons in sound_shortlist(cards, needs).items()}


def _wrapped(folder: Any, change: Any, training: bool = False) -> Any:
    """A wrapper with other numbers: `change(mean, std)`."""
    numbers = json.loads(Path(folder, "model_card.json").read_text())["input"]
    mean, std = change(*(torch.tensor(numbers[key]).view(1, -1, 1, 1) for key in ("mean", "std")))
    model, _ = from_pretrained(folder)
    model.train(training)

    def classify(x: Tensor) -> Tensor:
        with torch.no_grad():
            return logits_of(model((x - mean) / std))

    return classify


@misconception(replaces="classifier", asks="Whose mean and std are these: this model's, or another one's?")
def normalisation_copied(folder: Any) -> Any:
    """The numbers of another model, 0.5 and 0.5, are used for every model."""
    return _wrapped(folder, lambda mean, std: (torch.full_like(mean, 0.5), torch.full_like(std, 0.5)))


@misconception(replaces="classifier", asks="How many numbers does the card name for three channels?")
def one_mean_for_all_channels(folder: Any) -> Any:
    """The first channel's numbers are used for all."""
    return _wrapped(folder, lambda mean, std: (mean[:, :1], std[:, :1]))


@misconception(replaces="classifier", asks="In which mode is a model that answers questions?")
def wrapped_in_train_mode(folder: Any) -> Any:
    """The model answers in train mode."""
    return _wrapped(folder, lambda mean, std: (mean, std), training=True)


@misconception(replaces="classifier", asks="What exactly does a model of transformers return?")
def output_returned(folder: Any) -> Any:
    """What the model returns is passed on as it is."""
    classify = _wrapped(folder, lambda mean, std: (mean, std))
    model, _ = from_pretrained(folder)
    if type(model) is TinyNet:
        return classify
    return lambda x: model(x)


class _Way:
    """The sound way through the capstone, with steps that a wrong idea may replace."""

    def __init__(self, hub: Any, target: Any) -> None:
        self.hub, self.target = hub, target
        self.cards = {card["name"]: card for card in read_cards(hub)}
        reasons = sound_shortlist(list(self.cards.values()), target.needs)
        self.admissible = [name for name, found in reasons.items() if not found]

    def normalised(self, name: str, x: Tensor) -> Tensor:
        numbers = self.cards[name]["input"]
        return (x - numbers["mean"][0]) / numbers["std"][0]

    def net(self, name: str) -> Any:
        return from_pretrained(Path(self.hub, name))[0]

    def transferred(self, name: str, seed: int) -> Any:
        model = self.net(name)
        x, y = self.target.train(seed)
        with torch.no_grad():
            head = linear_probe(model.features(self.normalised(name, x)), y, self.target.n_classes, steps=8)
        model.fc = head
        return lambda x: predict(model, self.normalised(name, x))

    def from_scratch(self, name: str, seed: int) -> Any:
        config = self.net(name).config
        torch.manual_seed(seed)
        model = TinyNet(self.target.n_classes, config.in_channels, config.widths, dropout=0.0)
        x, y = self.target.train(seed)
        train(model, (self.normalised(name, x), y), steps=20, lr=5e-3, progress=False)
        return lambda x: predict(model, self.normalised(name, x))

    @staticmethod
    def accuracy_of(classify: Any, x: Tensor, y: Tensor) -> float:
        return 100 * float((classify(x).argmax(1) == y).double().mean())

    def choose(self) -> str:
        return max(self.admissible, key=self.on_validation)

    def on_validation(self, name: str) -> float:
        val = self.target.val()
        return sum(self.accuracy_of(self.transferred(name, seed), *val) for seed in self.target.seeds)

    def seeds(self) -> list[int]:
        return self.target.seeds

    def table_data(self, chosen: str, seed: int) -> Any:
        return self.target.test(chosen)

    def run(self) -> dict[str, Any]:
        chosen, table = self.choose(), {}
        fits = {"transfer": self.transferred, "scratch": self.from_scratch}
        models = {arm: [fit(chosen, seed) for seed in self.seeds()] for arm, fit in fits.items()}
        for arm, fitted in models.items():
            pairs = zip(fitted, self.seeds(), strict=True)
            table[arm] = [self.accuracy_of(m, *self.table_data(chosen, seed)) for m, seed in pairs]
        return {"chosen": chosen, "models": models, "table": table}


@misconception(asks="Which parameters still ask for gradients once the new head is in its place?")
def frozen_after_the_swap(hub: Any, target: Any) -> Any:
    """Everything is frozen once the new head is in: the head stays as it was drawn."""

    class Way(_Way):
        def transferred(self, name: str, seed: int) -> Any:
            model = self.net(name)
            torch.manual_seed(seed)
            model.fc = nn.Linear(model.fc.in_features, target.n_classes)
            return lambda x: predict(model.requires_grad_(False), self.normalised(name, x))

        def choose(self) -> str:
            return max(self.admissible)

    return Way(hub, target).run()


@misconception(asks="What does the test still tell you about a model that you chose with the test?")
def chosen_on_test(hub: Any, target: Any) -> Any:
    """The models are compared on the test pictures."""

    class Way(_Way):
        def on_validation(self, name: str) -> float:
            return self.accuracy_of(self.transferred(name, target.seeds[0]), *target.test(name))

    return Way(hub, target).run()


@misconception(asks="A card says 100 % right. On which task, and what does that say about yours?")
def best_card_wins(hub: Any, target: Any) -> Any:
    """The model with the highest accuracy on its own task is chosen."""

    class Way(_Way):
        def choose(self) -> str:
            return max(self.admissible, key=lambda name: self.cards[name]["accuracy"])

    return Way(hub, target).run()


@misconception(asks="Against what is transfer compared? What may that arm have seen before?")
def scratch_that_was_pretrained(hub: Any, target: Any) -> Any:
    """The scratch arm starts from the same checkpoint."""

    class Way(_Way):
        def from_scratch(self, name: str, seed: int) -> Any:
            return self.transferred(name, seed)

    return Way(hub, target).run()


@misconception(asks="By how much would this difference change with other training pictures?")
def one_seed(hub: Any, target: Any) -> Any:
    """One seed is thought to be evidence."""

    class Way(_Way):
        def seeds(self) -> list[int]:
            return target.seeds[:1]

    return Way(hub, target).run()


@misconception(asks="Five models were trained with five seeds. Which pictures did each of them get?")
def the_same_for_every_seed(hub: Any, target: Any) -> Any:
    """The pictures and the weights are drawn by the first seed each time."""

    class Way(_Way):
        def seeds(self) -> list[int]:
            return target.seeds[:1] * len(target.seeds)

    return Way(hub, target).run()


@misconception(asks="Which pictures have these models never seen?")
def table_of_the_training(hub: Any, target: Any) -> Any:
    """The table holds accuracies on the training pictures."""

    class Way(_Way):
        def table_data(self, chosen: str, seed: int) -> Any:
            return target.train(seed)

    return Way(hub, target).run()
