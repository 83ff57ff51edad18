"""The same picture in words: alt text for those who do not see it, and for a terminal. Differences come first."""

from __future__ import annotations

from typing import Any

from tlcore.plots.constructors import Picture
from tlcore.plots.validating import validate

_MOST_NAMED = 6


def describe(picture: Picture) -> str:
    """Say in one short paragraph what `picture` shows and where yours differs from the expected.

    ValueError if it is malformed.
    """
    clean = validate(picture)
    parts = [_end(clean["title"]), _KINDS[clean["kind"]](clean), _end(clean["caption"])]
    return " ".join(part for part in parts if part)


def differing_layers(clean: Picture) -> list[int]:
    """Places of the layers whose flag differs, or that moved where the expected stayed (or the other way round)."""
    yours, expected = clean["yours"], clean["expected"]
    if expected is None:
        return []
    places = []
    for i in range(len(clean["names"])):
        flag = None not in (yours["trainable"], expected["trainable"]) and (
            yours["trainable"][i] != expected["trainable"][i]
        )
        # Only moved-or-not is compared: how far depends on the data and the seed.
        if flag or has_moved(yours["moved"][i]) != has_moved(expected["moved"][i]):
            places.append(i)
    return places


def has_moved(distance: float | None) -> bool:
    """Whether a layer moved. No value (NaN after a diverged step) means that it did."""
    return distance is None or distance > 0


def differing_cells(yours: list[list[Any]], expected: list[list[Any]]) -> list[tuple[int, int]]:
    """(row, column) of the entries that differ by more than 1e-5 of the largest expected one; one shape needed."""
    return [
        (i, j)
        for i, (a, b) in enumerate(zip(yours, expected, strict=True))
        for j in differing_places(a, b, _scale([v for row in expected for v in row]) * 1e-5)
    ]


def differing_places(yours: list[Any], expected: list[Any], tolerance: float) -> list[int]:
    """Places where one has no value and the other has, or where they differ by more than `tolerance`."""
    pairs = enumerate(zip(yours, expected, strict=True))
    return [i for i, (a, b) in pairs if (a is None) != (b is None) or (a is not None and abs(a - b) > tolerance)]


def shape_text(rows: list[list[Any]]) -> str:
    """`rows x columns` of a matrix."""
    return f"{len(rows)} x {len(rows[0])}"


def number_text(value: float | None) -> str:
    """A number with three digits, in thousands a whole one, or `no value`."""
    if value is None:
        return "no value"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e8 else f"{value:.3g}"


def _scale(values: list[Any]) -> float:
    return max((abs(v) for v in values if v is not None), default=0.0)


def _end(sentence: str) -> str:
    return sentence if not sentence or sentence[-1] in ".!?…" else sentence + "."


def _listed(items: list[str], between: str = "; ") -> str:
    more = len(items) - _MOST_NAMED
    return between.join(items[:_MOST_NAMED]) + (f"{between}and {more} more" if more > 0 else "")


def _layers(clean: Picture) -> str:
    def state(side: Picture, i: int) -> str:
        flag = None if side["trainable"] is None else side["trainable"][i]
        words = [] if flag is None else ["trainable" if flag else "frozen"]
        distance = side["moved"][i]
        lost = "became not a number" if distance is None else "moved"
        return " and ".join([*words, lost if has_moved(distance) else "did not move"])

    names, yours, expected = clean["names"], clean["yours"], clean["expected"]
    if expected is None:
        states = [f"{name} {state(yours, i)}" for i, name in enumerate(names)]
        return f"{_layer_count(len(names))}: {_listed(states)}."
    differ = differing_layers(clean)
    if not differ:
        return f"{_layer_count(len(names))}, all as expected."
    alike: dict[str, list[str]] = {}
    for i in differ:
        alike.setdefault(f"{state(yours, i)} (expected: {state(expected, i)})", []).append(names[i])
    said = [f"{_listed(those, ', ')} {what}" for what, those in alike.items()]
    return f"{len(differ)} of {_layer_count(len(names))} differ: {_listed(said)}."


def _layer_count(n: int) -> str:
    return "1 layer" if n == 1 else f"{n} layers"


def _bars(clean: Picture) -> str:
    labels, yours, expected = clean["labels"], clean["yours"], clean["expected"]
    if expected is None:
        return _listed([f"{label} {number_text(v)}" for label, v in zip(labels, yours, strict=True)]) + "."
    # A hundredth of the longest bar is what an eye can see.
    differ = differing_places(yours, expected, 0.01 * _scale(yours + expected))
    if not differ:
        return f"{len(labels)} bars, all as expected."
    said = [f"{labels[i]} {number_text(yours[i])} (expected: {number_text(expected[i])})" for i in differ]
    return f"{len(differ)} of {len(labels)} bars differ: {_listed(said)}."


def _lines(clean: Picture) -> str:
    said = []
    for name, values in clean["series"].items():
        known = [v for v in values if v is not None]
        if not known:
            said.append(f"{name} has no values")
            continue
        lost = len(values) - len(known)
        path = f"{name} goes from {number_text(known[0])} to {number_text(known[-1])} over {len(values)} points"
        said.append(path + (f", {lost} of them without a value" if lost else ""))
    yours, expected = clean["series"].get("yours"), clean["series"].get("expected")
    if yours and expected and len(yours) == len(expected):
        differ = differing_places(yours, expected, 0.01 * _scale(yours + expected))
        where = f"yours leaves the expected at x = {number_text(clean['x'][differ[0]])}" if differ else ""
        said.append(where or "yours follows the expected")
    return "; ".join(said) + "."


def _matrix(clean: Picture) -> str:
    yours, expected = clean["yours"], clean["expected"]
    if expected is None:
        return f"A matrix of {shape_text(yours)}."
    if shape_text(yours) != shape_text(expected):
        return f"Yours is {shape_text(yours)}, the expected is {shape_text(expected)}."
    differ = differing_cells(yours, expected)
    if not differ:
        return f"A matrix of {shape_text(yours)}, all entries as expected."
    said = [
        f"row {i + 1} column {j + 1} is {number_text(yours[i][j])} (expected: {number_text(expected[i][j])})"
        for i, j in differ
    ]
    return f"{len(differ)} of {len(yours) * len(yours[0])} entries differ: {_listed(said)}."


def _scatter(clean: Picture) -> str:
    yours, expected = clean["yours"], clean["expected"]
    if expected is None:
        return f"{len(yours)} points."
    if len(yours) != len(expected):
        return f"Yours has {len(yours)} points, the expected has {len(expected)}."
    tolerance = 0.01 * _scale([v for point in expected for v in point])
    differ = [i for i, (a, b) in enumerate(zip(yours, expected, strict=True)) if differing_places(a, b, tolerance)]
    return f"{len(differ)} of {len(yours)} points lie elsewhere." if differ else f"{len(yours)} points, as expected."


def _images(clean: Picture) -> str:
    count = len(clean["images"])
    images = "1 image" if count == 1 else f"{count} images"
    return f"{images}: {_listed(clean['labels'])}." if clean["labels"] else f"{images}."


_KINDS = {
    "layers": _layers,
    "bars": _bars,
    "lines": _lines,
    "matrix": _matrix,
    "scatter": _scatter,
    "images": _images,
}
