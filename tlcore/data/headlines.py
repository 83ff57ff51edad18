"""Market news in two registers: agency headlines (the source) and the slang of a message board (the target).

    agency  coffee futures surge as frost hits brazil
    board   coffee 🚀 frost in brazil , we are so back

Both say the same about the same small world: an event that cuts a harvest moves the price up, one that lifts it moves
the price down. But the words that say "up" and "down" on the board, emoji among them, are not in the vocabulary of the
agency.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from tlcore.data.sets import TextSet
from tlcore.data.vocabulary import Vocabulary

REGISTERS = ("agency", "board")
HEADLINE_LENGTH = 16
"""Tokens of a padded headline, begin and end included."""
MASK = "<mask>"

_CROPS = ("wheat", "maize", "rice", "coffee", "cocoa", "cotton", "soy", "sugar")
_REGIONS = ("kansas", "iowa", "brazil", "ghana", "texas", "vietnam", "punjab", "kenya")
_CAUSES = {
    "up": ("frost", "drought", "blight", "flooding", "locusts", "strike"),
    "down": ("rain", "sunshine", "irrigation", "imports", "surplus", "subsidies"),
}
_AGENCY_VERBS = {
    "up": ("rise", "climb", "surge", "gain", "jump", "rally"),
    "down": ("fall", "slip", "drop", "lose", "sink", "retreat"),
}
_SLANG = {
    "up": ("🚀", "moon", "📈", "pump", "bullish", "lfg", "🌕", "printing"),
    "down": ("📉", "rekt", "dump", "💀", "bearish", "🔻", "bagholders", "crater"),
}
_FILLERS = ("ngl", "lol", "imo", "fr", "👀", "🤷")
_AGENCY = (
    "{crop} futures {verb} as {cause} hits {region}",
    "{cause} in {region} makes {crop} prices {verb}",
    "{crop} prices {verb} after {cause} in {region}",
    "{region} {crop} futures {verb} on {cause}",
)
_BOARD = (
    "{crop} {slang} {cause} in {region} {filler}",
    "{cause} hits {region} {filler} {crop} {slang}",
    "{filler} {crop} {slang} {slang2} on {cause}",
    "{region} {crop} {slang} after {cause} {filler}",
)
_BOARD_WITHOUT_CAUSE = (
    "{crop} {slang} {filler}",
    "{filler} {region} {crop} {slang} {slang2}",
    "{crop} {slang} {slang2}",
)


def headlines(
    register: str = "board", n: int = 100, seed: int = 0, words: Vocabulary | None = None, causes: bool = True
) -> tuple[TextSet, torch.Tensor]:
    """`n` headlines in one register, and for each whether the price goes up.

    Args:
        register: "agency" (the source) or "board" (the target).
        n: how many.
        seed: the same seed gives the same headlines; the two registers draw other news from one seed.
        words: the vocabulary that they are encoded with, `agency_vocabulary()` unless given. What is not in it is
            `<unk>`.
        causes: whether board posts name the event behind the move; without, slang alone says which way it goes.

    Returns:
        A TextSet, padded to 16 tokens, and labels (n,) int64: 1 for up, 0 for down.
    """
    if register not in REGISTERS:
        raise ValueError(f"unknown register {register!r}: use one of {', '.join(map(repr, REGISTERS))}")
    if n < 1:
        raise ValueError("n must be at least 1")
    rng = np.random.default_rng([seed, 40 + REGISTERS.index(register), int(causes)])
    templates = _AGENCY if register == "agency" else _BOARD if causes else _BOARD_WITHOUT_CAUSE
    drawn = [_write(templates, rng) for _ in range(n)]
    texts = tuple(text for text, _ in drawn)
    vocabulary = agency_vocabulary() if words is None else words
    ids, mask = vocabulary.encode(texts, HEADLINE_LENGTH)
    return TextSet(texts, ids, mask, vocabulary), torch.tensor([label for _, label in drawn])


@cache
def agency_vocabulary() -> Vocabulary:
    """All words of the agency, and `<mask>` as the last."""
    words = {word for template in _AGENCY for word in template.split() if not word.startswith("{")}
    words |= set(_CROPS) | set(_REGIONS)
    words |= {word for group in (_CAUSES, _AGENCY_VERBS) for each in group.values() for word in each}
    return Vocabulary((*Vocabulary.of(words).words, MASK))


def board_words() -> tuple[str, ...]:
    """The words and emoji of the board that the agency's vocabulary lacks, in alphabetical order."""
    every = {word for each in _SLANG.values() for word in each} | set(_FILLERS)
    return tuple(sorted(every - set(agency_vocabulary().words)))


def _write(templates: tuple[str, ...], rng: np.random.Generator) -> tuple[str, int]:
    """One headline, and 1 if it says that the price goes up."""
    way = ("down", "up")[int(rng.integers(2))]
    slang = rng.choice(_SLANG[way], 2, replace=False)
    text = templates[int(rng.integers(len(templates)))].format(
        crop=rng.choice(_CROPS),
        region=rng.choice(_REGIONS),
        cause=rng.choice(_CAUSES[way]),
        verb=rng.choice(_AGENCY_VERBS[way]),
        slang=slang[0],
        slang2=slang[1],
        filler=rng.choice(_FILLERS),
    )
    return text, int(way == "up")
