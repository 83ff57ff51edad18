"""Constructors of pictures: tensors, arrays and lists in, a JSON-able dict out.

They never raise, so that a check can draw whatever a learner's function returned: a number that is not finite becomes
null (drawn as a gap), anything that is no data becomes null, and `validate` says later what cannot be drawn.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

Picture = dict[str, Any]

LARGEST = 1e30  # beyond this float32 arithmetic of axis limits overflows
_MOST_ENTRIES = 200_000  # 16 RGB images of 64x64 are 196,608 numbers
_DEEPEST = 4  # images: list, rows, columns, colours


def layers(
    title: str,
    names: Sequence[str],
    yours: Mapping[str, Any],
    expected: Mapping[str, Any] | None = None,
    caption: str = "",
) -> Picture:
    """Every layer as a bar: colour tells frozen from trainable, height how far it moved; yours above the expected.

    names: one a layer. yours, expected: {"trainable": [bool...] or None, "moved": [float >= 0...]}, one entry a layer.
    """
    sides = {"yours": _layer_side(yours), "expected": None if expected is None else _layer_side(expected)}
    return {"kind": "layers", "title": title, "names": plain(names), **sides, "caption": caption}


def bars(
    title: str, labels: Sequence[str], yours: Any, expected: Any = None, ylabel: str = "", caption: str = ""
) -> Picture:
    """One pair of bars a label. yours, expected: numbers, one a label; None in a place means no value."""
    return {
        "kind": "bars",
        "title": title,
        "labels": plain(labels),
        "yours": plain(yours),
        "expected": plain(expected),
        "ylabel": ylabel,
        "caption": caption,
    }


def lines(
    title: str,
    series: Mapping[str, Any],
    x: Any = None,
    xlabel: str = "",
    ylabel: str = "",
    caption: str = "",
) -> Picture:
    """Curves over `x` (0, 1, 2... if None). series: name -> numbers; `yours` and `expected` are drawn to stand out."""
    data = {str(name): plain(values) for name, values in series.items()} if isinstance(series, Mapping) else None
    if x is None and data:
        x = list(range(max((len(v) for v in data.values() if isinstance(v, list)), default=0)))
    return {
        "kind": "lines",
        "title": title,
        "xlabel": xlabel,
        "ylabel": ylabel,
        "series": data,
        "x": plain(x),
        "caption": caption,
    }


def matrix(title: str, yours: Any, expected: Any = None, caption: str = "") -> Picture:
    """Two matrices (rows, columns) side by side; entries that differ are framed."""
    return {"kind": "matrix", "title": title, "yours": plain(yours), "expected": plain(expected), "caption": caption}


def scatter(
    title: str, yours: Any, expected: Any = None, xlabel: str = "", ylabel: str = "", caption: str = ""
) -> Picture:
    """Points (n, 2) in the plane: yours as filled circles, the expected as open diamonds."""
    return {
        "kind": "scatter",
        "title": title,
        "xlabel": xlabel,
        "ylabel": ylabel,
        "yours": plain(yours),
        "expected": plain(expected),
        "caption": caption,
    }


def images(title: str, images: Any, labels: Sequence[str] = (), caption: str = "") -> Picture:
    """A small grid of images, each (H, W) or (H, W, 3), values 0..1."""
    return {"kind": "images", "title": title, "images": plain(images), "labels": plain(labels), "caption": caption}


def plain(value: Any) -> Any:
    """Turn tensors, arrays, sequences and scalars into lists, bools, numbers and strings; anything else into null."""
    try:
        return _plain(value, _DEEPEST)
    except Exception:  # a learner's object may raise anything when it is looked at
        return None


def _layer_side(side: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(side, Mapping):
        return {"trainable": None, "moved": None}
    return {"trainable": plain(side.get("trainable")), "moved": plain(side.get("moved"))}


def _plain(value: Any, depth: int) -> Any:
    if value is None or type(value) in (bool, str):
        return value
    if isinstance(value, (int, float)):
        number = float(value)
        if not math.isfinite(number) or abs(number) > LARGEST:
            return None
        return int(value) if isinstance(value, int) else number
    if isinstance(value, str):
        return str.__str__(value)
    torch = sys.modules.get("torch")  # a tensor can only exist if torch is already imported
    if torch is not None and isinstance(value, torch.Tensor):
        return _plain(value.detach().cpu().tolist(), depth) if value.numel() <= _MOST_ENTRIES else None
    if hasattr(value, "tolist") and hasattr(value, "size"):  # numpy arrays and scalars
        return _plain(value.tolist(), depth) if value.size <= _MOST_ENTRIES else None
    if isinstance(value, (list, tuple, range)) or hasattr(value, "__next__") or type(value).__name__ == "dict_keys":
        if depth == 0:
            return None
        items = list(value) if hasattr(value, "__len__") else _take(value)
        return [_plain(item, depth - 1) for item in items]
    return None


def _take(iterator: Any) -> list[Any]:
    """The items of an iterator, at most as many as a picture can hold: it may be endless."""
    return [item for item, _ in zip(iterator, range(2000), strict=False)]
