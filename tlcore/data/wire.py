"""Crop-market news in two styles: full sentences (the source) and the terse style of a news wire (the target).

    prose  wheat prices in kansas rose 4 percent on monday , because drought has cut the harvest .
    wire   wheat kansas up 4 percent ; drought cut crop .

Both say the same about the same small world: which crop grows where, and which event moves a price which way. Every
word of the wire is a word of the prose, so that a model of the prose only has to learn a new word order.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from tlcore.data.sets import TextSet
from tlcore.data.vocabulary import Vocabulary

STYLES = ("prose", "wire")
LENGTH = 32
"""Tokens of a padded sentence, begin and end included."""

_REGIONS = {
    "wheat": ("kansas", "ukraine", "punjab"),
    "maize": ("iowa", "parana", "illinois"),
    "rice": ("vietnam", "thailand", "bihar"),
    "coffee": ("brazil", "colombia", "kenya"),
    "cocoa": ("ghana", "cameroon", "ecuador"),
    "cotton": ("texas", "gujarat", "xinjiang"),
    "soy": ("mato-grosso", "ohio", "cordoba"),
    "sugar": ("cuba", "queensland", "mauritius"),
}
_EVENTS = {
    # event: (what it does to the harvest, which way the price goes)
    "drought": ("cut", "up"),
    "frost": ("cut", "up"),
    "blight": ("cut", "up"),
    "flooding": ("cut", "up"),
    "rain": ("lifted", "down"),
    "sunshine": ("lifted", "down"),
    "irrigation": ("lifted", "down"),
    "new-seed": ("lifted", "down"),
}
# The two events each crop is known for (one that cuts, one that lifts) get most of its news.
_KNOWN_FOR = {
    "wheat": ("drought", "rain"),
    "maize": ("drought", "new-seed"),
    "rice": ("flooding", "irrigation"),
    "coffee": ("frost", "sunshine"),
    "cocoa": ("blight", "rain"),
    "cotton": ("flooding", "sunshine"),
    "soy": ("blight", "new-seed"),
    "sugar": ("frost", "irrigation"),
}
_VERBS = {"up": ("rose", "climbed", "went up"), "down": ("fell", "slipped", "went down")}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_AMOUNTS = {"cut": ("4", "6", "9"), "lifted": ("2", "3", "5")}


def wire_sentences(style: str = "wire", n: int = 100, seed: int = 0) -> TextSet:
    """`n` sentences of market news in one style.

    Args:
        style: "prose" (the source) or "wire" (the target).
        n: how many.
        seed: the same seed gives the same sentences; the two styles draw different news from one seed.

    Returns:
        A TextSet, padded to 32 tokens, with `wire_vocabulary()` as its vocabulary.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}: use one of {', '.join(map(repr, STYLES))}")
    if n < 1:
        raise ValueError("n must be at least 1")
    rng = np.random.default_rng([seed, 20 + STYLES.index(style)])
    write = _prose if style == "prose" else _wire
    texts = tuple(write(rng) for _ in range(n))
    vocabulary = wire_vocabulary()
    ids, mask = vocabulary.encode(texts, LENGTH)
    return TextSet(texts, ids, mask, vocabulary)


@cache
def wire_vocabulary() -> Vocabulary:
    """All words that either style can use."""
    words = set(" ".join((*_OPENINGS, *_REASONS, *_CLOSINGS)).replace("{", " ").replace("}", " ").split())
    words -= {"region", "verb", "amount", "day", "event", "did", "way"}
    words |= set(_REGIONS) | set(_EVENTS) | set(_DAYS) | {"cut", "lifted", "up", "down", "went", ";"}
    words |= {region for regions in _REGIONS.values() for region in regions}
    words |= {word for verbs in _VERBS.values() for verb in verbs for word in verb.split()}
    words |= {amount for amounts in _AMOUNTS.values() for amount in amounts}
    return Vocabulary.of(words)


_OPENINGS = (
    "{crop} prices in {region} {verb} {amount} percent on {day}",
    "on {day} the price of {crop} from {region} {verb} {amount} percent",
    "traders in {region} said {crop} prices {verb} {amount} percent on {day}",
)
_REASONS = (
    ", because {event} has {did} the harvest",
    ", after {event} {did} the crop",
    "; {event} has {did} stocks of {crop}",
)
_CLOSINGS = (".", ".", "; the market is {way} this week .")


def _draw(rng: np.random.Generator) -> dict[str, str]:
    """One piece of news, as the words that both styles are written from."""
    crop = str(rng.choice(list(_REGIONS)))
    region = _REGIONS[crop][int(rng.choice(3, p=(0.7, 0.2, 0.1)))]
    known = _KNOWN_FOR[crop][int(rng.integers(2))]
    event = known if rng.random() < 0.85 else str(rng.choice(list(_EVENTS)))
    did, way = _EVENTS[event]
    amount = _AMOUNTS[did][int(rng.choice(3, p=(0.7, 0.2, 0.1)))]
    day = str(rng.choice(_DAYS))
    return {"crop": crop, "region": region, "event": event, "did": did, "way": way, "amount": amount, "day": day}


def _prose(rng: np.random.Generator) -> str:
    news = _draw(rng)
    verb = _VERBS[news["way"]][int(rng.integers(3))]
    parts = (_OPENINGS, _REASONS, _CLOSINGS)
    template = " ".join(options[int(rng.integers(len(options)))] for options in parts)
    return template.format(verb=verb, **news)


def _wire(rng: np.random.Generator) -> str:
    news = _draw(rng)
    return "{crop} {region} {way} {amount} percent ; {event} {did} crop .".format(**news)
