"""What is compared of an answer: its k-grams, as copydetect takes them, without those that everybody was given.

copydetect (github.com/blingenf/copydetect, MIT licence) follows Schleimer, Wilkerson and Aiken, "Winnowing: local
algorithms for document fingerprinting" (SIGMOD 2003), as MOSS does: names of variables, functions and texts become one
letter each, comments and white space go, and what is left is cut into overlapping pieces of K letters. So renaming and
laying out anew changes nothing.

Two of its parts are not used. Its winnowing (a window over 1) would choose pieces by Python's hash, which is another in
each run; answers are short enough to take all pieces. Its boilerplate argument takes a piece that an answer has twice
for boilerplate (`intersect1d` with `assume_unique`): here the pieces are taken out as sets.
"""

import io
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from copydetect.detector import CodeFingerprint, compare_files
from copydetect.utils import filter_code, hashed_kgrams

K = 20
"""Letters of a piece, after names have become one letter: about a line and a half."""
_NAME = "answer.py"

Pieces = frozenset[int]


def pieces(code: str) -> Pieces:
    """The pieces of some code, as numbers that mean something in this process only."""
    return frozenset(hashed_kgrams(_filtered(code), K).tolist())


def known(texts: Iterable[str]) -> Pieces:
    """The pieces of everything that was handed out."""
    return frozenset().union(*(_known(text) for text in texts))


def passages(one: str, other: str, not_own: Pieces) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where two answers share what is not in `not_own`: (start, end) of each passage, in the order of each text."""
    prints = [_print(one, not_own), _print(other, not_own)]
    _, _, slices = compare_files(*prints)
    return _merged(slices[0], len(one)), _merged(slices[1], len(other))


@lru_cache(maxsize=1024)  # the cells of a notebook are handed out with each of its questions
def _known(text: str) -> Pieces:
    return pieces(text)


def _filtered(code: str) -> str:
    return filter_code(code, _NAME, "python")[0]


def _print(code: str, not_own: Pieces) -> CodeFingerprint:
    made = CodeFingerprint(_NAME, K, win_size=1, language="python", fp=io.StringIO(code))
    made.hashes = {each for each in made.hashes if each not in not_own}
    made.hash_idx = {each: places for each, places in made.hash_idx.items() if each not in not_own}
    return made


def _merged(slices: np.ndarray, length: int) -> list[tuple[int, int]]:
    """Passages in order, within the text, none over another: names that became one letter shift borders a little."""
    merged: list[tuple[int, int]] = []
    if not slices.size:
        return merged
    for start, end in sorted(zip(slices[0].tolist(), slices[1].tolist(), strict=True)):
        start, end = max(0, int(start)), min(length, int(end))
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif start < end:
            merged.append((start, end))
    return merged
