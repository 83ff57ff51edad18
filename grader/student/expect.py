"""`expect` of a hidden test: what was observed, beside what the reference gave at the same point.

`expect(x)` holds where x equals what the reference gave when the same lines ran against it; `expect(x, equals=y)` where
x equals y, a value that the test computed itself. `expect.that(condition)` is a property, for what right answers may do
differently. Nothing raises: a test runs to its end, and the list of observations is what is judged, diagnosed and
shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.student.bounded import unwatched
from grader.student.compare import same
from grader.student.views import PLAIN, View

FLOAT32 = 2e-5
"""Tolerance for single-precision results of a few operations on numbers around 1.

Largest difference between equivalent formulations over twenty seeds: LoRA merged against a separate branch 2.9e-6,
einsum against matmul 0, three SGD steps on the factors 1.9e-6.
"""


@dataclass
class Observation:
    """One value that a hidden test looked at."""

    label: str
    value: Any
    atol: float
    rtol: float
    property: bool
    """A property or a value that the test computed, rather than one of the reference."""
    expected: Any = None
    holds: bool = False
    view: View = PLAIN
    """How it is said and drawn."""


class Expect:
    """Collects observations; with `reference` (the reference's observations of the same test) it judges them."""

    def __init__(self, reference: list[Observation] | None = None):
        self.observations: list[Observation] = []
        self._reference = reference

    def __call__(
        self,
        value: Any,
        label: str = "",
        *,
        atol: float = FLOAT32,
        rtol: float = FLOAT32,
        view: View | None = None,
        **own: Any,
    ) -> bool:
        """Record `value`; True where it holds.

        label: what the value is, in words that fit "…: expected …, observed …".
        equals: the expected value, where the test computed it itself.
        view: how both values are said in words and drawn on the feedback page, see `grader.student.views`.
        """
        at = len(self.observations)
        seen = Observation(label, value, atol, rtol, property="equals" in own, view=view or PLAIN)
        if seen.property:
            seen.expected = own.pop("equals")
            seen.holds = self._same(value, seen.expected, atol, rtol)
        elif self._reference is None:
            seen.expected, seen.holds = value, True
        else:
            known = at < len(self._reference)
            seen.expected = self._reference[at].value if known else None
            seen.holds = known and self._same(value, seen.expected, atol, rtol)
        if own:
            instead = "; write view=View(says, draws)" if own.keys() & {"shows", "picture"} else ""
            raise TypeError(f"expect() does not take {', '.join(own)}{instead}")
        self.observations.append(seen)
        return seen.holds

    @staticmethod
    def _same(value: Any, expected: Any, atol: float, rtol: float) -> bool:
        with unwatched():  # only tensors of one shape are compared number by number
            return same(value, expected, atol, rtol)

    def that(self, condition: bool, label: str) -> bool:
        """Record a property; True where it holds. `label` is the property as a sentence that should be true."""
        return self(bool(condition), label, equals=True)
