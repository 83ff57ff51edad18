"""Wrong ideas about `transfer_benefit`."""

from __future__ import annotations

from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.what_transfers.transfer_benefit import transfer_benefit

Curve = dict[str, Any]
Benefit = dict[str, float | None]


def _signs(*curves: Curve) -> int:
    return -1 if curves[0]["metric"] == "loss" else 1


def _at(curve: Curve, find: Any) -> int | None:
    """The step that `find(values, sign)` gives the place of; None as it is."""
    place = find([_signs(curve) * value for value in curve["val"]])
    return None if place is None else curve["step"][place]


def _speedup(with_t: Curve, without_t: Curve, find: Any) -> Any:
    ours, theirs = _at(with_t, find), _at(without_t, find)
    return None if ours is None or theirs is None else theirs - ours


@misconception(asks="How far does the last point jump about from look to look? What does `tail` stand for?")
def last_look_only(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """The level at the end is the last value."""
    return transfer_benefit(with_t, without_t, threshold, 1)


@misconception(asks="A run with loss 0.5 and one with loss 0.8: which of them is better?")
def higher_is_always_better(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """A loss is treated as an accuracy."""
    ours, theirs = ({**curve, "metric": "accuracy"} for curve in (with_t, without_t))
    return transfer_benefit(ours, theirs, threshold, tail)


@misconception(asks="When does a loss reach 0.3: on its way up or on its way down?")
def threshold_from_below(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """The signs of a loss are right, but it counts as arrived where it is above the threshold."""
    upward = higher_is_always_better(with_t, without_t, threshold, tail)
    return {**transfer_benefit(with_t, without_t, threshold, tail), "speedup_steps": upward["speedup_steps"]}


@misconception(asks="How much has the run learned already at the look from which you take the start?")
def start_after_the_first_updates(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """The start is read at the second look."""
    found = transfer_benefit(with_t, without_t, threshold, tail)
    return {**found, "jumpstart": _signs(with_t) * (with_t["val"][1] - without_t["val"][1])}


@misconception(asks="If a run never gets there, is it as if it had been there at once?")
def never_is_zero(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """A threshold that is never reached saves 0 steps."""
    found = transfer_benefit(with_t, without_t, threshold, tail)
    return {**found, "speedup_steps": found["speedup_steps"] or 0}


@misconception(asks="The run was stopped at its last look. Was it at the threshold then?")
def never_is_the_last_step(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """A run that never reaches the threshold is taken to reach it at its last look."""
    sign = _signs(with_t)

    def find(values: list[float]) -> int:
        return next((i for i, value in enumerate(values) if value >= sign * threshold), len(values) - 1)

    found = transfer_benefit(with_t, without_t, threshold, tail)
    return {**found, "speedup_steps": _speedup(with_t, without_t, find)}


@misconception(asks="When was the run good enough: at its best value, or before it?")
def at_its_best(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """The run arrives where its value is best, if that is beyond the threshold."""
    sign = _signs(with_t)

    def find(values: list[float]) -> int | None:
        return values.index(max(values)) if max(values) >= sign * threshold else None

    found = transfer_benefit(with_t, without_t, threshold, tail)
    return {**found, "speedup_steps": _speedup(with_t, without_t, find)}


@misconception(asks="A run is there, falls back for one look, and is there again. When was it there first?")
def there_to_stay(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """The run arrives where it goes beyond the threshold for good."""
    sign = _signs(with_t)

    def find(values: list[float]) -> int | None:
        below = [i for i, value in enumerate(values) if value < sign * threshold]
        place = below[-1] + 1 if below else 0
        return place if place < len(values) else None

    found = transfer_benefit(with_t, without_t, threshold, tail)
    return {**found, "speedup_steps": _speedup(with_t, without_t, find)}


@misconception(asks="A value that is equal to the threshold: has the run reached it?")
def strictly_beyond(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """A value that is equal to the threshold does not count."""
    sign = _signs(with_t)

    def find(values: list[float]) -> int | None:
        return next((i for i, value in enumerate(values) if value > sign * threshold), None)

    found = transfer_benefit(with_t, without_t, threshold, tail)
    return {**found, "speedup_steps": _speedup(with_t, without_t, find)}


@misconception(asks="Which curve tells how the model does on photos that it was not trained on?")
def training_curves(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """The training values are compared."""
    ours, theirs = ({**curve, "val": curve["train"]} for curve in (with_t, without_t))
    return transfer_benefit(ours, theirs, threshold, tail)


@misconception(asks="How many steps are there between two looks, and is it the same number everywhere?")
def looks_not_steps(with_t: Curve, without_t: Curve, threshold: float, tail: int = 5) -> Benefit:
    """Looks are counted where steps are asked for."""
    ours, theirs = ({**curve, "step": list(range(len(curve["step"])))} for curve in (with_t, without_t))
    return transfer_benefit(ours, theirs, threshold, tail)
