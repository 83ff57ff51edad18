"""Runs for `fix`: sound transcripts with decoys, into each of which at most one fault is planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from tlcore.checkpoints.hub import HUB, Target, read_cards
from tlcore.data import ImageSet, real_digits

GROUPS = {
    "data": ("wrong_normalisation", "shared_plants"),
    "model": ("untrained_head", "unfrozen_backbone"),
    "training": ("drifting_statistics", "gradients_added"),
    "evaluation": ("train_mode_evaluation", "unweighted_batches"),
}
REGIMES = ("frozen", "full")


def rounded(values: list[float]) -> list[float]:
    """With four decimals, as transcripts have them."""
    return [round(value, 4) for value in values]


class Draft:
    """A run whose cause is known. No number is near a border: what differs, differs by 0.05 at least."""

    def __init__(self, given: Any, cause: str, variant: int) -> None:
        """`variant` 0 or 1: which way a fault or a decoy looks."""
        self.given, self.cause, self.variant = given, cause, variant
        self.regime = self._regime()
        self.transcript: dict[str, Any] = {}
        self.data()
        self.training()
        self.evaluation()

    @property
    def run(self) -> dict[str, Any]:
        """What an answer is given."""
        return {"regime": self.regime, "transcript": self.transcript}

    def uniform(self, low: float, high: float) -> float:
        """A number between two."""
        return round(self.given.random.uniform(low, high), 4)

    def _regime(self) -> str:
        if self.cause in ("unfrozen_backbone", "drifting_statistics"):
            return "frozen"  # in the other regime the same numbers are sound
        return REGIMES[self.variant]

    def data(self) -> None:
        """Decoys: inputs whose mean is far from 0, and plants that are listed several times in one part."""
        channels = self.given.choice([1, 3])
        if self.cause == "wrong_normalisation" and self.variant:
            channels = 3  # the first two are as they should be
        card = {
            "mean": [self.uniform(0.3, 0.45) for _ in range(channels)],
            "std": [self.uniform(0.2, 0.4) for _ in range(channels)],
        }
        photos = {
            "mean": [self.uniform(0.55, 0.8) for _ in range(channels)],
            "std": [self.uniform(0.1, 0.18) for _ in range(channels)],
        }
        means = zip(photos["mean"], card["mean"], card["std"], strict=True)
        spreads = zip(photos["std"], card["std"], strict=True)
        seen = {"mean": rounded([(p - m) / s for p, m, s in means]), "std": rounded([p / s for p, s in spreads])}
        if self.cause == "wrong_normalisation":
            own = {"mean": [0.0] * channels, "std": [1.0] * channels}
            last = {key: [*seen[key][:-1], own[key][-1]] for key in seen}  # one channel by itself
            seen = [own, last][self.variant]
        plants = self.given.distinct(14, 1, 90)
        train, val = plants[:10], plants[10:]
        if self.cause == "shared_plants":
            shared = self.given.random.sample(train, 1 if self.variant else 3)
            val = val[len(shared) :] + shared
        self.transcript |= {"photos": photos, "card": card, "input": seen}
        self.transcript["plants"] = {"train": sorted(train + train[:6]), "val": sorted(val + val[:2])}

    def training(self) -> None:
        """Decoys: in the regime "full" everything moves; a clipped gradient is smaller than its batch's own."""
        frozen = self.regime == "frozen"
        moved = {
            "head": self.uniform(0.2, 2.0),
            "backbone": 0.0 if frozen else self.uniform(0.5, 4.0),
            "statistics": 0.0 if frozen else self.uniform(0.5, 4.0),
        }
        if self.cause == "untrained_head":
            moved["head"] = 0.0
        if self.cause == "unfrozen_backbone":
            moved["backbone"] = self.uniform(0.1, 3.0)
        if self.cause == "drifting_statistics":
            moved["statistics"] = self.uniform(0.1, 3.0)
        own = [self.uniform(0.8, 1.6)]
        for _ in range(5):
            own.append(round(own[-1] * self.given.random.uniform(0.8, 1.1), 4))
        used = list(own)
        if self.cause == "gradients_added":
            first = self.given.integer(1, 3) if self.variant else 1
            for at in range(first, len(own)):  # of two or more batches
                used[at] = round(used[at - 1] + own[at] * self.given.random.uniform(0.3, 0.9), 4)
        elif self.variant:
            limit = sorted(own)[2]
            used = [min(value, limit) for value in own]
        loss = sorted((self.uniform(0.4, 2.5) for _ in range(4)), reverse=True)
        self.transcript |= {"loss": loss, "moved": moved, "own": own, "used": used}

    def evaluation(self) -> None:
        """A last batch that is small, and got a share that is far from that of the others. Decoy: a low accuracy."""
        size, last = self.given.choice([16, 32, 64]), self.given.integer(1, 5)
        rows = [size] * self.given.integer(2, 4) + [last]
        right = [self.given.integer(int(0.5 * size), int(0.8 * size)) for _ in rows[:-1]]
        right.append(self.given.choice([0, last]))
        accuracy = 100 * sum(right) / sum(rows)
        if self.cause == "unweighted_batches":
            accuracy = 100 * sum(r / n for r, n in zip(right, rows, strict=True)) / len(rows)
        again, moved = accuracy, 0.0
        if self.cause == "train_mode_evaluation":
            if self.variant:  # dropout, and no batch norm
                again += self.given.choice([-1, 1]) * self.uniform(0.5, 4.0)
            else:  # batch norm, and no dropout
                moved = self.uniform(0.1, 2.0)
        self.transcript["evaluation"] = {
            "accuracy": round(accuracy, 4),
            "again": round(again, 4),
            "rows": rows,
            "right": right,
            "statistics_moved": moved,
        }


def drafts(given: Any, group: str) -> list[Draft]:
    """Six runs, in random order: each fault of the group in both variants, and two sound runs."""
    planned = [(cause, variant) for cause in (*GROUPS[group], "sound") for variant in (0, 1)]
    given.random.shuffle(planned)
    return [Draft(given, cause, variant) for cause, variant in planned]


def as_rows(value: Any) -> list[list[int]]:
    """The two lists of rows of a split, as sorted integers."""
    return [sorted(int(row) for row in part) for part in value]


LICENCES = ("apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0", "cc-by-nc-4.0", "gpl-3.0", "cc-by-nd-4.0")
TASKS = ("image-classification", "object-detection", "text-classification")


def hidden_needs(given: Any) -> dict[str, Any]:
    """What a target asks of a model."""
    return {
        "task": TASKS[0],
        "channels": given.choice([1, 3]),
        "size": given.choice([8, 16, 32]),
        "n_classes": given.integer(3, 12),
        "licences": given.random.sample(LICENCES, 3),
        "max_parameters": given.integer(2, 9) * 1000,
        "test_data": given.name(),
    }


def hidden_card(given: Any, needs: dict[str, Any], broken: tuple[str, ...]) -> dict[str, Any]:
    """A card that breaks these rules and no other. Decoys: a licence in capitals, exactly as many parameters as are
    allowed, a test set with a similar name, few classes, any accuracy."""
    licence = given.choice(needs["licences"])
    card = {
        "name": given.name() + "-" + given.name(),
        "task": needs["task"],
        "source": given.name(),
        "trained_on": [*given.names(2), needs["test_data"] + "-2"],
        "licence": licence.upper() if given.integer(0, 1) else licence,
        "parameters": given.choice([needs["max_parameters"], given.integer(500, needs["max_parameters"])]),
        "input": {"channels": needs["channels"], "size": needs["size"], "mean": [0.5], "std": [0.2]},
        "names": given.names(given.integer(2, 12)),
        "accuracy": given.integer(300, 999) / 1000,
    }
    if "task" in broken:
        card["task"] = given.choice(TASKS[1:])
    if "input" in broken:
        key = given.choice(["channels", "size"])
        card["input"][key] = {"channels": 4 - needs["channels"], "size": 2 * needs["size"]}[key]
    if "licence" in broken:
        card["licence"] = given.choice([name for name in LICENCES if name not in needs["licences"]])
    if "no_licence" in broken:
        card["licence"] = None
    if "parameters" in broken:
        card["parameters"] = needs["max_parameters"] + given.choice([1, given.integer(2, 9000)])
    if "seen_test" in broken:
        card["trained_on"].insert(given.integer(0, 2), needs["test_data"])
    return card


REASONS = ("task", "input", "licence", "parameters", "seen_test")


def shipped_hub(student: Any, given: Any) -> tuple[str, dict[str, Any], list[str]]:
    """A hub of shipped weights under other names, the needs, and the names of the admissible models.

    The weights of what is ruled out by its licence or its data have seen the test: they are the best on every picture.
    """
    needs = {
        "task": TASKS[0],
        "channels": 1,
        "size": 8,
        "n_classes": 10,
        "licences": given.random.sample(LICENCES, 3),
        "max_parameters": given.integer(5_200, 7_500),
        "test_data": given.name(),
    }
    planned = [
        ("strokes-net", ()),
        ("parity-net", ()),
        ("ink-net", ()),
        ("scans-net", ("licence",)),
        ("scans-net", ("seen_test",)),
        ("strokes-large", ("parameters",)),
        ("leaves-net", ("input",)),
    ]
    given.random.shuffle(planned)
    own = {card["name"]: card for card in read_cards(HUB)}
    cards, admissible = [], []
    for weights, broken in planned:
        card = hidden_card(given, needs, broken)
        card |= {key: own[weights][key] for key in ("parameters", "input", "names", "accuracy")}
        cards.append(card)
        if not broken:
            admissible.append(card["name"])
    in_the_middle(cards, [weights for weights, _ in planned], admissible)
    hub = student.tools.hub_of_shipped_models(cards, [weights for weights, _ in planned])
    return hub, needs, admissible


def in_the_middle(cards: list[dict[str, Any]], weights: list[str], admissible: list[str]) -> None:
    """Give the model that fits the middle one of the admissible names: whoever takes the first one or the last one in
    the order of a folder takes another. The first one is not that with the best card either."""
    names = dict(zip(("ink-net", "strokes-net", "parity-net"), sorted(admissible), strict=True))
    for card, of in zip(cards, weights, strict=True):
        if card["name"] in admissible:
            card["name"] = names[of]


def hub_that_knows_nothing(student: Any, given: Any, needs: dict[str, Any]) -> str:
    """A hub of one admissible model, from which nothing can be learned."""
    [own] = [card for card in read_cards(HUB) if card["name"] == "strokes-net"]
    card = hidden_card(given, needs, ())
    card |= {key: own[key] for key in ("parameters", "input", "names", "accuracy")}
    return student.tools.hub_of_a_model_that_knows_nothing(card, own["name"])


@dataclass
class HiddenTarget:
    """A target of handwritten digits whose classes are numbered anew, and what is known of it here."""

    pictures: Any
    test: Any
    """Of the target itself."""
    fresh: Any
    """Other pictures."""
    needs: dict[str, Any]
    names: list[str]
    seeds: list[int]

    def on_the_other_side(self, student: Any) -> Any:
        """What an answer is given; each time a new one, whose test has not been handed out."""
        return student.tools.target_of(self.needs, self.pictures, self.test, self.names, self.seeds)

    def trained_with(self) -> list[Any]:
        """Pictures and labels to train with, for each seed."""
        images, labels = self.pictures
        own = ImageSet(images, labels, tuple(self.names), torch.arange(len(labels)))
        target = Target(self.needs, own, own, self.seeds)
        return [target.train(seed) for seed in self.seeds]


def hidden_target(given: Any, needs: dict[str, Any]) -> HiddenTarget:
    """A target that nobody has seen."""
    split = given.integer(0, 10**6)
    order = torch.tensor(given.random.sample(range(10), 10))
    pool, rest = real_digits("train", split), real_digits("test", split)
    seeds = given.distinct(3, 0, 10**6)
    pictures, test, fresh = [(part.images, order[part.labels]) for part in (pool.few(25), rest[:200], rest[200:520])]
    return HiddenTarget(pictures, test, fresh, needs, given.names(10), seeds)
