"""Crop-market news as text: full reports (the source, without labels) and short headlines (the target, with labels).

    report    Traders in Singapore said wheat prices in Punjab slumped on Monday because rain has lifted the harvest .
    headline  Wheat slumped in Punjab  ->  direction "fall", continent "asia"

Each label hides in one word that has many synonyms: 22 verbs for each direction, 12 places for each continent. A few
labelled headlines show only some of them. Reports have no labels, but tie the synonyms together: verbs of one
direction share their reasons, places of one continent share their trading hubs. So a model that was pretrained on
reports can know which words mean the same, and a model trained on a few headlines alone cannot. Headlines leave reason
and hub out.
"""

from __future__ import annotations

import numpy as np
import torch

from tlcore.data.sets import LabelledTexts

DIRECTIONS = ("rise", "fall", "hold")
CONTINENTS = ("asia", "americas", "africa")
TASKS = {"direction": DIRECTIONS, "continent": CONTINENTS}
"""The two tasks and the names of their classes, in the order of the labels, which is not the alphabet's."""

VERBS = {
    "rise": "rose climbed gained jumped surged soared rallied advanced rebounded strengthened firmed increased spiked "
    "leapt swelled mounted recovered appreciated rocketed ascended bounced accelerated".split(),
    "fall": "fell dropped slid slipped sank tumbled plunged declined retreated weakened eased decreased crashed dived "
    "shrank sagged slumped depreciated plummeted descended dipped softened".split(),
    "hold": "held stayed remained hovered paused stalled settled rested idled flattened stabilised levelled persisted "
    "lingered steadied froze stood plateaued waited consolidated balanced endured".split(),
}
PLACES = {
    "asia": "vietnam thailand india punjab java sumatra myanmar laos nepal yunnan luzon bengal".split(),
    "americas": "brazil colombia peru iowa kansas texas parana cuba ecuador bolivia honduras mexico".split(),
    "africa": "ghana kenya cameroon ethiopia uganda tanzania nigeria malawi zambia senegal togo benin".split(),
}
CROPS = "wheat maize rice coffee cocoa cotton soy sugar tea".split()
_REASONS = {
    "rise": (
        "drought has cut the harvest",
        "frost has damaged the crop",
        "blight has cut stocks",
        "floods have damaged the fields",
        "demand from mills has grown",
    ),
    "fall": (
        "rain has lifted the harvest",
        "sunshine has helped the crop",
        "imports have filled stocks",
        "irrigation has lifted yields",
        "demand from mills has shrunk",
    ),
    "hold": (
        "supply has matched demand",
        "buyers are waiting for a report",
        "the harvest came as forecast",
        "the markets are closed",
        "stocks are unchanged",
    ),
}
_HUBS = {
    "asia": ("singapore", "mumbai", "bangkok"),
    "americas": ("chicago", "santos", "bogota"),
    "africa": ("nairobi", "accra", "abidjan"),
}
_DAYS = "monday tuesday wednesday thursday friday".split()
_REPORTS = (
    "traders in {hub} said {crop} prices in {place} {verb} on {day} because {reason}.",
    "{crop} from {place} {verb} in {hub} on {day}, as {reason}.",
    "on {day} {place} {crop} {verb}: {reason}, traders in {hub} said.",
    "because {reason}, {crop} prices in {place} {verb}, traders in {hub} said on {day}.",
)
_HEADLINES = (
    "{crop} {verb} in {place}",
    "{place} {crop} {verb} on {day}",
    "{crop} prices in {place} {verb}",
    "on {day} {crop} from {place} {verb}",
)
_NAMES = {name for group in (*PLACES.values(), *_HUBS.values(), _DAYS) for name in group}
"""What is written with a capital letter."""


def market_reports(n: int, seed: int = 0) -> tuple[str, ...]:
    """`n` reports in full sentences, without labels."""
    if n < 1:
        raise ValueError("n must be at least 1")
    rng = np.random.default_rng([seed, 30])
    return tuple(_written(rng, _REPORTS)[0] for _ in range(n))


def market_headlines(task: str = "direction", n: int = 300, seed: int = 0) -> LabelledTexts:
    """`n` short headlines with the labels of one task.

    Args:
        task: "direction" (rise, fall, hold) or "continent" (asia, americas, africa).
        n: how many; the classes are equally frequent, up to one row.
        seed: the same seed gives the same headlines, whatever the task.

    Returns:
        Headlines in random order. `.few(n_per_class, seed)` of it draws a small training set.
    """
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}: use one of {', '.join(map(repr, TASKS))}")
    if n < 1:
        raise ValueError("n must be at least 1")
    rng = np.random.default_rng([seed, 31])
    order = rng.permutation(n)
    both = [np.arange(n) % 3, rng.permutation(np.arange(n) % 3)]
    written = [_written(rng, _HEADLINES, DIRECTIONS[both[0][i]], CONTINENTS[both[1][i]]) for i in order]
    names = TASKS[task]
    labels = [names.index(found[task]) for _, found in written]
    return LabelledTexts(tuple(text for text, _ in written), torch.tensor(labels), names)


def _written(
    rng: np.random.Generator, templates: tuple[str, ...], direction: str = "", continent: str = ""
) -> tuple[str, dict[str, str]]:
    """One text and the classes that it belongs to."""
    direction = direction or str(rng.choice(DIRECTIONS))
    continent = continent or str(rng.choice(CONTINENTS))
    words = {
        "verb": str(rng.choice(VERBS[direction])),
        "reason": str(rng.choice(_REASONS[direction])),
        "place": str(rng.choice(PLACES[continent])),
        "hub": str(rng.choice(_HUBS[continent])),
        "crop": str(rng.choice(CROPS)),
        "day": str(rng.choice(_DAYS)),
    }
    words = {key: word.capitalize() if word in _NAMES else word for key, word in words.items()}
    text = templates[int(rng.integers(len(templates)))].format(**words)
    return text[0].upper() + text[1:], {"direction": direction, "continent": continent}
