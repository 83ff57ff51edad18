"""Wrong ideas about `summarise`."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.misconceptions.registry import misconception
from tlcore.reference.before_the_workshop.summarise import summarise

Summary = tuple[int, float | None, float | None]


def _of(counted: Sequence[float], digits: int) -> Summary:
    if not counted:
        return 0, None, None
    return len(counted), round(sum(counted) / len(counted), digits), max(counted)


@misconception(asks="How often is the `[]` of a default made: at each call, or once?")
def list_as_default(
    values: Sequence[float],
    *,
    digits: int = 2,
    skip: float | None = None,
    counted: list[float] = [],  # noqa: B006
) -> Summary:
    """Collects into a list that is a default: the second call finds what the first left."""
    for value in values:
        if skip is None or value != skip:
            counted.append(value)
    return _of(counted, digits)


@misconception(asks="What does `result = summarise([1, 2])` leave in `result`: what was printed, or what was returned?")
def prints_it(values: Sequence[float], *, digits: int = 2, skip: float | None = None) -> None:
    """The three values are shown and not returned. (Nothing is shown here: a grader would show it.)"""


@misconception(asks="Who else holds the list that you take values out of?")
def takes_out_of_the_list(values: list[float], *, digits: int = 2, skip: float | None = None) -> Summary:
    """The caller's own list loses the values to skip."""
    while skip is not None and skip in values:
        values.remove(skip)
    return _of(values, digits)


@misconception(asks="Two numbers can be equal without being one object. What does `is` ask, and what does `==` ask?")
def compared_with_is(values: Sequence[float], *, digits: int = 2, skip: float | None = None) -> Summary:
    """Values that are the same object are skipped; those that are equal are not."""
    return _of([value for value in values if value is not skip], digits)


@misconception(asks="Is 0 something to skip? What does `if` make of a 0?")
def zero_means_nothing_to_skip(values: Sequence[float], *, digits: int = 2, skip: float | None = None) -> Summary:
    """`if skip` is false for 0."""
    return summarise(values, digits=digits, skip=skip or None)


@misconception(asks="Which argument says how many decimals there are? Where does your function use it?")
def always_two_digits(values: Sequence[float], *, digits: int = 2, skip: float | None = None) -> Summary:
    """The argument is there, and nobody reads it."""
    return summarise(values, skip=skip)


@misconception(asks="By how many readings do you divide: by all, or by those that count?")
def divided_by_all(values: Sequence[float], *, digits: int = 2, skip: float | None = None) -> Summary:
    """What is skipped still takes part in the mean, as a zero."""
    count, _, largest = summarise(values, skip=skip)
    counted = [value for value in values if skip is None or value != skip]
    return count, round(sum(counted) / len(values), digits) if counted else None, largest


@misconception(asks="What if the station failed twice? How many values does your function leave out?")
def first_one_only(values: Sequence[float], *, digits: int = 2, skip: float | None = None) -> Summary:
    """`remove` takes the first one out."""
    counted = list(values)
    if skip in counted:
        counted.remove(skip)
    return _of(counted, digits)
