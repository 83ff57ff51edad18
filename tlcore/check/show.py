"""The collector that a public check fills: what was tried, what was compared, which picture to draw."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

from tlcore import plots
from tlcore.check.compare import compare
from tlcore.check.plain_data import type_name
from tlcore.check.rendering import Segments

_SHORT = 48  # characters


@dataclass(frozen=True)
class Tried:
    """A line that says what the check did next."""

    text: str


@dataclass(frozen=True)
class Untried(Tried):
    """A line that says what the check did not try."""


@dataclass(frozen=True)
class Verdict:
    """One comparison or property. The sides are empty for a property; `teach` is empty where none was given."""

    label: str
    holds: bool
    observed: Segments = field(default_factory=list)
    expected: Segments = field(default_factory=list)
    note: str = ""
    teach: str = ""

    @property
    def value(self) -> str:
        """What was observed and is right, if it can stand behind the label: one short line, or nothing."""
        text = "".join(part for part, _ in self.observed) if self.holds else ""
        return text if len(text) <= _SHORT and "\n" not in text else ""


@dataclass(frozen=True)
class Drawn:
    """A validated picture and its words, or why there is none (`picture` is None)."""

    picture: dict[str, Any] | None
    words: str


class Show:
    """What a check says, in order. None of its methods raises, whatever a learner's function returned."""

    def __init__(self) -> None:
        self.items: list[Tried | Verdict | Drawn] = []

    def tried(self, text: str) -> None:
        """Say what was tried; what follows belongs to it."""
        self.items.append(Tried(str(text)))

    def untried(self, text: str) -> None:
        """Say what was not tried, so that nobody takes a passed check for more than it is."""
        self.items.append(Untried(f"Not tried here: {text}"))

    def expect(self, label: str, observed: Any, expected: Any, teach: str = "", atol: float = 0.0) -> bool:
        """Compare numbers (within `atol`), strings, bools, tensors, lists, dicts, sets; return whether it holds.

        On a mismatch both sides are shown with what differs marked, and `teach` under them.
        """
        found = compare(observed, expected, atol)
        self.items.append(Verdict(str(label), found.holds, found.observed, found.expected, found.note, str(teach)))
        return found.holds

    def that(self, condition: Any, label: str, teach: str = "") -> bool:
        """Note whether a property holds; return it. Only a real truth value counts, not an object that claims one."""
        holds, note = _truth(condition)
        self.items.append(Verdict(str(label), holds, note=note, teach=str(teach)))
        return holds

    def picture(self, picture: dict[str, Any]) -> None:
        """Add a picture of `tlcore.plots`. One that cannot be drawn leaves a line that says why."""
        try:
            clean = plots.validate(picture)
            self.items.append(Drawn(clean, plots.describe(clean)))
        except ValueError as error:
            self.items.append(Drawn(None, f"No picture: {error}"))


def _truth(condition: Any) -> tuple[bool, str]:
    kind = type(condition)
    if kind in (bool, int, float, str, list, tuple, dict, set, type(None)):
        return bool(condition), ""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if (torch is not None and kind is torch.Tensor and condition.numel() == 1) or (
        numpy is not None and kind is numpy.bool_
    ):
        return bool(condition), ""
    return False, f"neither true nor false, but an object of type {type_name(condition)}"
