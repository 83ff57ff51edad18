"""What a stranger's file name is called, in results and in sentences: another name for every file name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from grader.text import cell_text

NAMED = 5
"""How many files are named in one sentence; the others are counted."""
_LOOKS_BAD = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def text_of(name: str) -> str:
    r"""A file name as text, another one for every name: bytes that are not UTF-8 become `\xff`, and count.

    Where a name holds such a byte, or looks as if it did, its backslashes are doubled, so that no two are alike.
    """
    bad = any("\udc80" <= letter <= "\udcff" for letter in name)
    if bad or _LOOKS_BAD.search(name):
        name = name.replace("\\", "\\\\")
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def apart(names: Iterable[str]) -> dict[str, str]:
    r"""What each of these texts goes by, so that a reader can tell them apart.

    That is the text itself. But where two look alike in a table, because they differ in characters without ink, in
    blanks at their ends or in how an accent is coded, what makes the difference is written out: `ann\u200b`.
    """
    alike: dict[str, set[str]] = defaultdict(set)
    for name in names:
        alike[unicodedata.normalize("NFC", cell_text(name))].add(name)
    return {
        name: name if len(group) == 1 or name == seen else "".join(map(_written_out, name))
        for seen, group in alike.items()
        for name in group
    }


def some(names: list[str]) -> str:
    """The first of `names`, and how many more there are."""
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


def _written_out(letter: str) -> str:
    if (letter.isalnum() and cell_text(letter) == letter) or letter in "_.@":
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
