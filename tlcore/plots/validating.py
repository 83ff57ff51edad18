"""From a dict of unknown origin to a clean picture, or a ValueError that says what is wrong with it."""

from __future__ import annotations

import unicodedata
from typing import Any

from tlcore.plots.constructors import LARGEST, Picture

LONGEST_TEXT = 80
LONGEST_CAPTION = 240
MOST_LABELS = 200
MOST_POINTS = 1000
MOST_SERIES = 8
MOST_SIDE = 64  # rows or columns of a matrix; height or width of an image
MOST_IMAGES = 16


def validate(picture: Picture) -> Picture:
    """Return a clean copy of `picture`: known keys only, strings cut and stripped of control characters.

    ValueError where it is no picture: unknown kind, missing or ragged data, too many entries, numbers that are not
    finite (NaN, infinite, beyond 1e30) or not numbers. Null stands for "no value" in a list of numbers.
    """
    if type(picture) is not dict:
        raise ValueError(f"a picture is a dict, not {type(picture).__name__}")
    kind = picture.get("kind")
    clean = _KINDS.get(kind) if type(kind) is str else None
    if clean is None:
        raise ValueError(f"unknown kind of picture; known are {', '.join(_KINDS)}")
    head = {"kind": kind, "title": text(picture.get("title", ""), "title")}
    caption = text(picture.get("caption", ""), "caption", LONGEST_CAPTION)
    return {**head, **clean(picture), "caption": caption}


def text(value: Any, where: str, longest: int = LONGEST_TEXT) -> str:
    """One printable line of at most `longest` characters. Null is the empty string; ValueError for other types."""
    if value is None:
        return ""
    if type(value) is not str:
        raise ValueError(f"{where}: a string is needed, not {type(value).__name__}")
    # Control, format (text direction!), surrogate and unassigned characters can garble a page or crash a font engine.
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value[: 4 * longest])
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def numbers(value: Any, where: str, most: int, gaps: bool = True) -> list[float | None]:
    """A list of at most `most` finite numbers; null allowed where `gaps`."""
    return [None if item is None and gaps else _number(item, where) for item in _list(value, where, most)]


def _list(value: Any, where: str, most: int) -> list[Any]:
    if type(value) not in (list, tuple):
        raise ValueError(f"{where}: a list is needed, not {type(value).__name__}")
    if len(value) > most:
        raise ValueError(f"{where}: {len(value)} entries are too many to draw, at most {most}")
    return list(value)


def _number(value: Any, where: str) -> float:
    if type(value) not in (int, float, bool):
        raise ValueError(f"{where}: a number is needed, not {type(value).__name__}")
    if not -LARGEST <= value <= LARGEST:  # false for NaN; compares huge ints without turning them into floats
        raise ValueError(f"{where}: a number is not finite or too large to draw")
    return float(value)


def _texts(value: Any, where: str) -> list[str]:
    return [text(item, where) for item in _list(value, where, MOST_LABELS)]


def _same_length(values: list[Any], names: list[Any], where: str) -> None:
    if len(values) != len(names):
        raise ValueError(f"{where}: {len(values)} values for {len(names)} names")


def _layers(picture: Picture) -> Picture:
    names = _texts(picture.get("names"), "names")
    if not names:
        raise ValueError("names: at least one layer is needed")
    sides = {side: _layer_side(picture.get(side), names, side) for side in ("yours", "expected")}
    if sides["yours"] is None:
        raise ValueError("yours: missing")
    return {"names": names, **sides}


def _layer_side(value: Any, names: list[str], where: str) -> Picture | None:
    if value is None:
        return None
    if type(value) is not dict:
        raise ValueError(f"{where}: a dict with 'trainable' and 'moved' is needed")
    trainable, moved = value.get("trainable"), numbers(value.get("moved"), f"{where} moved", MOST_LABELS)
    _same_length(moved, names, f"{where} moved")
    if any(m is not None and m < 0 for m in moved):
        raise ValueError(f"{where} moved: a distance cannot be negative")
    if trainable is not None:
        trainable = _list(trainable, f"{where} trainable", MOST_LABELS)
        _same_length(trainable, names, f"{where} trainable")
        if any(type(flag) is not bool for flag in trainable):
            raise ValueError(f"{where} trainable: true or false is needed for every layer")
    return {"trainable": trainable, "moved": moved}


def _bars(picture: Picture) -> Picture:
    labels = _texts(picture.get("labels"), "labels")
    if not labels:
        raise ValueError("labels: at least one is needed")
    yours = numbers(picture.get("yours"), "yours", MOST_LABELS)
    _same_length(yours, labels, "yours")
    expected = picture.get("expected")
    if expected is not None:
        expected = numbers(expected, "expected", MOST_LABELS)
        _same_length(expected, labels, "expected")
    return {"labels": labels, "yours": yours, "expected": expected, "ylabel": text(picture.get("ylabel", ""), "ylabel")}


def _axes(picture: Picture) -> Picture:
    return {name: text(picture.get(name, ""), name) for name in ("xlabel", "ylabel")}


def _lines(picture: Picture) -> Picture:
    series = picture.get("series")
    if type(series) is not dict or not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"series: a dict of 1 to {MOST_SERIES} named curves is needed")
    x = numbers(picture.get("x"), "x", MOST_POINTS, gaps=False)
    clean: dict[str, list[float | None]] = {}
    for name, values in series.items():
        shown = text(name, "series") or "(no name)"
        if shown in clean:
            raise ValueError("series: two curves have the same name")
        clean[shown] = numbers(values, "series", MOST_POINTS)
        if len(clean[shown]) > len(x):
            raise ValueError(f"series: {len(clean[shown])} values for {len(x)} places on the x axis")
    return {**_axes(picture), "series": clean, "x": x}


def _grid(value: Any, where: str, gaps: bool = True) -> list[list[float | None]]:
    rows = [numbers(row, where, MOST_SIDE, gaps) for row in _list(value, where, MOST_SIDE)]
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"{where}: rows of one length are needed")
    return rows


def _matrix(picture: Picture) -> Picture:
    expected = picture.get("expected")
    return {
        "yours": _grid(picture.get("yours"), "yours"),
        "expected": None if expected is None else _grid(expected, "expected"),
    }


def _points(value: Any, where: str) -> list[list[float | None]]:
    points = [numbers(point, where, 2, gaps=False) for point in _list(value, where, MOST_POINTS)]
    if any(len(point) != 2 for point in points):
        raise ValueError(f"{where}: every point needs two coordinates")
    return points


def _scatter(picture: Picture) -> Picture:
    expected = picture.get("expected")
    return {
        **_axes(picture),
        "yours": _points(picture.get("yours"), "yours"),
        "expected": None if expected is None else _points(expected, "expected"),
    }


def _image(value: Any) -> list[Any]:
    rows = _list(value, "images", MOST_SIDE)
    if rows and type(rows[0]) in (list, tuple) and rows[0] and type(rows[0][0]) in (list, tuple):
        channels = [_list(row, "images", MOST_SIDE) for row in rows]
        image = [[numbers(pixel, "images", 3, gaps=False) for pixel in row] for row in channels]
        if any(len(row) != len(image[0]) or any(len(pixel) != 3 for pixel in row) for row in image):
            raise ValueError("images: (H, W) or (H, W, 3) is needed")
        flat = [v for row in image for pixel in row for v in pixel]
    else:
        image = _grid(rows, "images", gaps=False)  # type: ignore[assignment]
        flat = [v for row in image for v in row]  # type: ignore[misc]
    if any(v is None or not -1e-6 <= v <= 1 + 1e-6 for v in flat):
        raise ValueError("images: values from 0 to 1 are needed")
    return image


def _images(picture: Picture) -> Picture:
    images = [_image(image) for image in _list(picture.get("images"), "images", MOST_IMAGES)]
    if not images:
        raise ValueError("images: at least one is needed")
    labels = _texts(picture.get("labels") or [], "labels")
    if labels:
        _same_length(labels, images, "labels")
    return {"images": images, "labels": labels}


_KINDS = {
    "layers": _layers,
    "bars": _bars,
    "lines": _lines,
    "matrix": _matrix,
    "scatter": _scatter,
    "images": _images,
}
