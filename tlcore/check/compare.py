"""Is what a learner's function gave what was expected? And if not, which entries differ, in words and for the eye.

Types that mean the same are accepted for each other: tensors and arrays; lists and tuples; a tensor where a list of
numbers is expected; int, float and a tensor with one entry where a number is expected. NaN equals NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from tlcore.check.plain_data import Array, Other, plain
from tlcore.check.rendering import Segments, kind_text, render, shape_text


@dataclass(frozen=True)
class Comparison:
    """Whether it holds, both sides as segments (text, differs?), and a note such as `largest difference 0.5`."""

    holds: bool
    observed: Segments
    expected: Segments
    note: str


class Differences:
    """Where two values differ: paths (keys and indices) into nested data, and notes in words."""

    def __init__(self) -> None:
        self.paths: set[tuple[Any, ...]] = set()
        self.masks: dict[tuple[Any, ...], Any] = {}
        self.notes: list[str] = []
        self.only: tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]] = (set(), set())  # of one side: ours, theirs

    def add(self, path: tuple[Any, ...], note: str = "") -> None:
        """Note that the values at `path` differ."""
        self.paths.add(path)
        if note and note not in self.notes:
            self.notes.append(note)

    def seen_from(self, side: int) -> Differences:
        """What to mark in the observed value (0) or in the expected one (1)."""
        view = Differences()
        view.paths, view.masks = self.paths | self.only[side], self.masks
        return view

    def __bool__(self) -> bool:
        return bool(self.paths)


def compare(observed: Any, expected: Any, atol: float = 0.0) -> Comparison:
    """Compare `observed` with `expected` entry by entry, numbers within `atol`. Never raises."""
    found = Differences()
    a, b = plain(observed), plain(expected)
    try:
        b = _as_arrays(a, b)
        _compare(a, b, float(atol), (), found)
        note = "; ".join(found.notes[:3])
        return Comparison(not found, render(a, found.seen_from(0)), render(b, found.seen_from(1)), note)
    except Exception as error:  # a value nobody thought of is a mismatch, never a crash of the learner's cell
        text = f"these cannot be compared ({type(error).__name__})"
        return Comparison(False, [(kind_text(a), True)], [(kind_text(b), False)], text)


def _compare(a: Any, b: Any, atol: float, path: tuple[Any, ...], found: Differences) -> None:
    if isinstance(b, Array):
        if isinstance(a, Array):
            _compare_arrays(a, b.values, atol, path, found)
        elif b.values.ndim == 0 and type(a) in (bool, int, float, complex):
            _compare_scalars(a, b.values.item(), atol, path, found)
        else:
            _other_kind(a, b, path, found)
    elif type(b) in (list, tuple) and type(a) in (list, tuple):
        _compare_sequences(a, b, atol, path, found)
    elif type(b) is dict and type(a) is dict:
        _compare_dicts(a, b, atol, path, found)
    elif type(b) is set and type(a) is set:
        _compare_sets(a, b, path, found)
    elif type(b) in (bool, int, float, complex):
        value = a.values.item() if isinstance(a, Array) and a.values.size == 1 and a.values.ndim == 0 else a
        if isinstance(a, Array) and type(b) is not bool and value is not a:
            b = _held_as(a, np.asarray(b)).item() if a.values.dtype.kind in "fc" else b
        _compare_scalars(value, b, atol, path, found)
    elif type(a) is type(b) and not isinstance(a, Other):
        if a != b:  # str, bytes or None, of exact types
            found.add(path)
    elif isinstance(a, Other) and isinstance(b, Other):
        # Expected dtypes, devices, modules: the same object, or equal by the expected value's own, same, type.
        same = b.value is not None and (
            a.value is b.value or (type(a.value) is type(b.value) and b.value.__eq__(a.value) is True)
        )
        if not same:
            found.add(path, "another object")
    else:
        _other_kind(a, b, path, found)


def _other_kind(a: Any, b: Any, path: tuple[Any, ...], found: Differences) -> None:
    where = f" at {_path_text(path)}" if path else ""
    found.add(path, f"{kind_text(a)} where {kind_text(b)} is expected{where}")


def _compare_scalars(a: Any, b: Any, atol: float, path: tuple[Any, ...], found: Differences) -> None:
    if type(a) not in (bool, int, float, complex) or (type(a) is bool) != (type(b) is bool):
        _other_kind(a, b, path, found)
    elif a == b or (a != a and b != b):
        return
    elif a != a:
        found.add(path, "not a number (NaN)")
    else:
        gap = abs(a - b)
        if not gap <= atol:
            # Of the numbers in a list one sees which differ; a line for each would say little.
            said = not path and math.isfinite(gap) and type(b) is not bool
            found.add(path, f"differs by {gap:.3g}" if said else "")


def _compare_arrays(a: Array, b: Any, atol: float, path: tuple[Any, ...], found: Differences) -> None:
    x = a.values
    if x.shape != b.shape:
        found.add(path, f"shape {shape_text(x.shape)} where {shape_text(b.shape)} is expected")
        return
    if (x.dtype.kind == "b") != (b.dtype.kind == "b"):
        found.add(path, f"entries are {a.dtype} where {b.dtype} is expected")
        return
    if x.dtype.kind in "fc" and b.dtype.kind in "fc":
        b = _held_as(a, b)
    wide = np.complex128 if "c" in (x.dtype.kind, b.dtype.kind) else np.float64
    if x.dtype.kind in "biu" and b.dtype.kind in "biu":
        mask = x != b
        gaps = np.abs(x.astype(np.float64) - b.astype(np.float64))
        mask &= ~(gaps <= atol) if atol > 0 else True
    else:
        with np.errstate(all="ignore"):
            xs, bs = x.astype(wide), b.astype(wide)
            gaps = np.abs(xs - bs)
            mask = ~((gaps <= atol) | (xs == bs) | (np.isnan(xs) & np.isnan(bs)))
    if not mask.any():
        return
    found.masks[path] = mask
    lost = int(np.isnan(x.astype(wide)).sum()) if x.dtype.kind in "fc" else 0
    known = gaps[mask & np.isfinite(gaps)]
    entries = f"{int(mask.sum())} of {mask.size} entries differ" if mask.ndim else ""
    largest = f"largest difference {float(known.max()):.3g}" if known.size and x.dtype.kind != "b" else ""
    nan = f"{lost} not a number (NaN)" if lost else ""
    found.add(path, ", ".join(part for part in (entries, largest, nan) if part))


def _compare_sequences(a: Any, b: Any, atol: float, path: tuple[Any, ...], found: Differences) -> None:
    if len(a) != len(b):
        entries, are = "entry" if len(a) == 1 else "entries", "is" if len(b) == 1 else "are"
        found.add(path, f"{len(a)} {entries} where {len(b)} {are} expected")
        if all(type(item) is str for item in (*a, *b)):
            _align(a, b, path, found)
            return
    for i in range(max(len(a), len(b))):
        if i < len(a) and i < len(b):
            _compare(a[i], b[i], atol, (*path, i), found)
        else:
            found.add((*path, i))


def _align(a: Any, b: Any, path: tuple[Any, ...], found: Differences) -> None:
    """Mark the names that only one of two lists has, rather than all behind the first that is missing."""
    for kind, i, k, j, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind != "equal":
            found.only[0].update((*path, place) for place in range(i, k))
            found.only[1].update((*path, place) for place in range(j, m))


def _compare_dicts(a: Any, b: Any, atol: float, path: tuple[Any, ...], found: Differences) -> None:
    for key in [*b, *(k for k in a if k not in b)]:
        if key not in a:
            found.add((*path, key), f"no {key!r}"[:80])
        elif key not in b:
            found.add((*path, key), f"{key!r} is not expected"[:80])
        else:
            _compare(a[key], b[key], atol, (*path, key), found)


def _compare_sets(a: set[Any], b: set[Any], path: tuple[Any, ...], found: Differences) -> None:
    for member in a ^ b:
        found.add((*path, member))
    missing, extra = len(b - a), len(a - b)
    if missing or extra:
        found.add(path, ", ".join(t for t, n in ((f"{missing} missing", missing), (f"{extra} too many", extra)) if n))


def _held_as(a: Array, b: Any) -> Any:
    """`b` rounded to the dtype of `a`, so that a literal 0.1 equals 0.1 as a float32 tensor holds it."""
    if a.dtype != "bfloat16":
        return b.astype(a.values.dtype)
    import torch  # `a` came from a tensor: it is imported already

    return torch.from_numpy(b.astype("float64")).bfloat16().float().numpy()


def _as_arrays(a: Any, b: Any) -> Any:
    """`b` with lists of numbers turned into arrays where `a` has an array: literals are easier to write as lists."""
    if isinstance(a, Array) and type(b) in (list, tuple):
        numbers = _as_numbers(b)
        return b if numbers is None else Array(numbers, a.what, str(numbers.dtype))
    if type(a) in (list, tuple) and type(b) in (list, tuple):
        return type(b)([*(_as_arrays(x, y) for x, y in zip(a, b, strict=False)), *b[len(a) :]])
    if type(a) is dict and type(b) is dict:
        return {key: _as_arrays(a.get(key), value) for key, value in b.items()}
    return b


def _as_numbers(value: Any) -> Any:
    """A nested list of numbers as an array; None if it is ragged or holds something else."""
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "biufc" else None


def _path_text(path: tuple[Any, ...]) -> str:
    return "".join(f"[{key!r}]" for key in path)[:60]
