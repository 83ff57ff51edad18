"""The name of a learner's folder, made from what a stranger may have written: plain, readable, another one for each."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection

LONGEST = 60

_KEPT = "_-.@+"
# Windows opens a device for these, whatever comes after a dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def plain(text: str) -> str:
    """`text` in lower case, of letters, digits and `_-.@+` only; "" where nothing is left of it."""
    text = unicodedata.normalize("NFC", text[: 4 * LONGEST]).lower()
    marks = ("Mn", "Mc")  # vowels of Indic scripts
    letters = "".join(c if c.isalnum() or c in _KEPT or unicodedata.category(c) in marks else "_" for c in text)
    short = re.sub(r"_{2,}", "_", re.sub(r"\.{2,}", ".", letters))[:LONGEST].strip("_-. ")
    while len(short.encode()) > 4 * LONGEST // 2:  # 255 bytes are the most that file systems take
        short = short[:-1]
    return f"{short}_" if _DEVICES.fullmatch(short) else short


def folder_for(name: str, id: str | None, taken: Collection[str]) -> str:
    """A folder for somebody: their name if it is free, else with their number, else with a mark made from the name."""
    readable = plain(name)
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    for folder in (readable, f"{readable or 'learner'}_{plain(id or '') or mark}"):
        if folder and folder not in taken:
            return folder
    number = 2
    while (folder := f"{readable or 'learner'}_{mark}_{number}") in taken:
        number += 1
    return folder
