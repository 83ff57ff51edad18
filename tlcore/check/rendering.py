"""Values as short text, cut into segments so that those that differ can be marked."""

from __future__ import annotations

from typing import Any, Protocol

from tlcore.check.plain_data import Array, Other

Segments = list[tuple[str, bool]]

_MOST_SHOWN = 24  # entries of a container or tensor shown in full; 8 rows of a small matrix fit too
_FIRST = 6
_LONGEST_TEXT = 160


class Marks(Protocol):
    """Where values differ: see `compare.Differences`."""

    paths: set[tuple[Any, ...]]
    masks: dict[tuple[Any, ...], Any]


def render(value: Any, marks: Marks) -> Segments:
    """`value` (plain data) as segments (text, differs?); neighbours that are alike are joined."""
    joined: Segments = []
    for text, differs in _render(value, (), marks):
        if joined and joined[-1][1] == differs:
            joined[-1] = (joined[-1][0] + text, differs)
        elif text:
            joined.append((text, differs))
    return joined


def kind_text(value: Any) -> str:
    """What kind of value it is, with an article: `None`, `a list of 3`, `a tensor of shape (2, 3)`."""
    if value is None:
        return "None"
    if isinstance(value, Array):
        return f"{'an array' if value.what == 'array' else 'a tensor'} of shape {shape_text(value.values.shape)}"
    if isinstance(value, Other):
        return f"an object of type {value.what}"
    if type(value) in (list, tuple, dict, set):
        return f"a {type(value).__name__} of {len(value)}"
    names = {bool: "True or False", int: "a whole number", float: "a number", str: "a string"}
    return names.get(type(value), f"a {type(value).__name__}")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as Python prints it, with a word for no dimension at all."""
    return str(tuple(int(size) for size in shape)) if shape else "() (a single number)"


def number_text(value: Any) -> str:
    """A number with up to five digits; whole numbers in full."""
    if type(value) is float:
        return f"{value:.5g}" if value != int_or_nan(value) or abs(value) >= 1e6 else f"{value:.1f}"
    return repr(value)[:60]


def int_or_nan(value: float) -> float:
    """`value` rounded to a whole number; NaN and infinities give NaN, which equals nothing."""
    return float(round(value)) if abs(value) < 1e15 else float("nan")


def _render(value: Any, path: tuple[Any, ...], marks: Marks) -> Segments:
    if isinstance(value, Array):
        return _render_array(value, path, marks)
    differs = path in marks.paths
    if type(value) in (list, tuple):
        opening, closing = "[]" if type(value) is list else "()"
        return _sequence(
            opening, [_render(v, (*path, i), marks) for i, v in _shown(value, path, marks)], closing, value
        )
    if type(value) is dict:
        return _sequence(
            "{", [_entry(key, value[key], path, marks) for key in _shown_keys(value, path, marks)], "}", value
        )
    if type(value) is set:
        if not value:
            return [("set()", differs)]  # {} would be a dict
        members = sorted(value, key=repr)[:_MOST_SHOWN]
        return _sequence("{", [[(_cut(repr(m)), (*path, m) in marks.paths)] for m in members], "}", value)
    if isinstance(value, Other):
        return [(f"<{value.what}>", differs)]
    return [(number_text(value) if type(value) in (int, float) else _cut(repr(value)), differs)]


def _entry(key: Any, value: Any, path: tuple[Any, ...], marks: Marks) -> Segments:
    """`key: value` of a dict; the key is marked where the whole value differs, not just entries of a tensor in it."""
    here = (*path, key)
    inner = _render(value, here, marks)
    whole = here in marks.paths and here not in marks.masks
    if whole and not any(differs for _, differs in inner):
        inner = [(text, True) for text, _ in inner]
    return [(f"{_cut(repr(key))}: ", whole), *inner]


def _shown_keys(value: dict[Any, Any], path: tuple[Any, ...], marks: Marks) -> list[Any]:
    """The keys to show of a dict: all if few, else those that differ before the others."""
    if len(value) <= _MOST_SHOWN:
        return list(value)
    below = {p[len(path)] for p in marks.paths if len(p) > len(path) and p[: len(path)] == path}
    return sorted(value, key=lambda key: key not in below)[:_MOST_SHOWN]


def _shown(value: Any, path: tuple[Any, ...], marks: Marks) -> list[tuple[int, Any]]:
    """The entries to show of a long list: all if few, else the first ones and the first that differs."""
    if len(value) <= _MOST_SHOWN:
        return list(enumerate(value))
    below = {p[len(path)] for p in marks.paths if len(p) > len(path) and p[: len(path)] == path}
    return [(i, value[i]) for i in range(len(value)) if i < _FIRST or i in sorted(below, key=repr)[:_FIRST]][
        :_MOST_SHOWN
    ]


def _sequence(opening: str, parts: list[Segments], closing: str, whole: Any) -> Segments:
    out: Segments = [(opening, False)]
    for k, part in enumerate(parts):
        out += [(", ", False)] if k else []
        out += part
    more = len(whole) - len(parts)
    return [*out, (f", … ({more} more)" if more else "", False), (closing, False)]


def _render_array(value: Array, path: tuple[Any, ...], marks: Marks) -> Segments:
    values, mask = value.values, marks.masks.get(path)
    whole = path in marks.paths and mask is None  # another shape or kind: the entries say little
    head = "" if values.ndim == 0 else f"{value.what} {shape_text(values.shape)} "
    if mask is not None and mask.shape != values.shape:
        mask = None
    if values.ndim == 0:
        return [(number_text(values.item()), path in marks.paths)]
    flat, flags = values.ravel(), None if mask is None else mask.ravel()
    if values.size <= _MOST_SHOWN and values.ndim <= 2:
        rows = values.reshape(1, -1) if values.ndim == 1 else values
        out: Segments = [(head.rstrip(), whole), ("\n" if values.ndim == 2 else " ", False)]
        texts = [[number_text(v.item()) for v in row] for row in rows]
        width = max((len(t) for row in texts for t in row), default=0) if values.ndim == 2 else 0
        for i, row in enumerate(texts):
            out.append(("\n[" if i else "[", False))
            for j, text in enumerate(row):
                place = i * len(row) + j
                out += [(" " * (width - len(text)), False), (text, flags is not None and bool(flags[place]))]
                out += [(", ", False)] if j + 1 < len(row) else []
            out.append(("]", False))
        return out
    first = [number_text(v.item()) for v in flat[:_FIRST]]
    out = [(head, whole), ("[", False)]
    for k, text in enumerate(first):
        out += [(text, flags is not None and bool(flags[k])), (", ", False)]
    out += [("…]", False)]
    if flags is not None and not flags[:_FIRST].any():  # the difference lies further on: show where
        place = int(flags.argmax())
        index = [int(i) for i in _unravel(place, values.shape)]
        out += [(f"  at {index}: ", False), (number_text(flat[place].item()), True)]
    return out


def _unravel(place: int, shape: tuple[int, ...]) -> list[int]:
    index = []
    for size in reversed(shape):
        place, rest = divmod(place, size)
        index.append(rest)
    return index[::-1]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
