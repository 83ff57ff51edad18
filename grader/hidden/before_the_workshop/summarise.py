"""Hidden tests of `summarise`."""

from __future__ import annotations

from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError

TOLERANCE = {"atol": 1e-5, "rtol": 1e-6}
"""A mean in single precision is off by up to 4e-6; one that was not rounded by 1e-4 or more, see `readings`."""


def readings(given: Any, count: int, digits: int) -> list[float]:
    """Different readings whose mean is neither round already nor in the middle between two round numbers."""
    while True:
        values = [n / 10 for n in given.distinct(count, -150, 400)]
        rest = abs(sum(values) / count * 10**digits) % 1
        if 0.15 < rest < 0.4 or 0.6 < rest < 0.85:
            return values


def mixed(given: Any, values: list[float], skip: float, times: int) -> list[float]:
    """The readings with `skip` in between, so many times: at the beginning, twice in a row, somewhere."""
    at = given.integer(1, len(values) - 1)
    return [skip, *values[:at], *([skip] * (times - 1)), *values[at:]]


@hidden_test(weight=2, says="Call it by hand with three numbers. Which three values come back, in which order?")
def test_all_values_count(student, given, expect):
    """Without `skip` all values count, and the mean is rounded"""
    values = readings(given, given.choice([3, 6, 7]), 2)
    expect(student.summarise(values), "count, mean and largest of some readings", **TOLERANCE)
    values = readings(given, given.choice([9, 11]), 2)
    expect(student.summarise(tuple(values)), "count, mean and largest of a tuple", **TOLERANCE)
    for digits in (0, 1, 3):
        values = readings(given, given.choice([3, 6, 7]), digits)
        expect(student.summarise(values, digits=digits), f"the same with digits={digits}", **TOLERANCE)
    below = [-abs(value) - 1 for value in given.distinct(5, 0, 40)]
    expect(student.summarise(below), "count, mean and largest where all are below zero", **TOLERANCE)
    expect(student.summarise([given.integer(3, 30)]), "count, mean and largest of one whole number", **TOLERANCE)


@hidden_test(weight=2, says="What does your function do with a value that is equal to `skip`, wherever it stands?")
def test_what_equals_skip_does_not_count(student, given, expect):
    """Values that equal `skip` do not count: whole or not, negative, zero, none of them, many"""
    digits = given.choice([1, 3])
    for skip in (-999, -99.5, 0):
        values = mixed(given, [v + 0.05 for v in readings(given, 7, digits)], skip, given.integer(2, 4))
        expect(student.summarise(values, skip=skip), f"with skip={skip}", **TOLERANCE)
        values = mixed(given, [v + 0.05 for v in readings(given, 6, digits)], float(skip), 3)
        label = f"with skip={skip}, where the readings have {float(skip)}, and digits={digits}"
        expect(student.summarise(values, skip=skip, digits=digits), label, **TOLERANCE)
    expect(
        student.summarise(readings(given, 7, 2), skip=999), "with a `skip` that is not among the values", **TOLERANCE
    )
    values = mixed(given, readings(given, 7, 2), 1000, 3)
    expect(student.summarise(values, skip=1000), "with a `skip` that would be the largest", **TOLERANCE)


@hidden_test(weight=1, says="How many values are left if there is none, or if each of them is skipped?")
def test_nothing_is_left(student, given, expect):
    """Where no value counts there are three values all the same: 0, None and None"""
    expect(student.summarise([]), "of an empty list")
    expect(student.summarise([-1] * given.integer(2, 5), skip=-1), "where every value is skipped")
    expect(student.summarise([0, 0, 0]), "of three zeros")
    expect(student.summarise(readings(given, 3, 2), skip=None), "of some readings", **TOLERANCE)


@hidden_test(weight=1, says="Call your function twice with one list. What do the list and the second answer look like?")
def test_calls_leave_nothing_behind(student, given, expect):
    """The list stays as it is, and a call knows nothing of the calls before it"""
    student.start_afresh()
    first = mixed(given, readings(given, 7, 2), -999, 4)
    held = student.tools.plain_data.kept(first)
    expect(student.summarise(held, skip=-999), "the first call", **TOLERANCE)
    expect(student.tools.plain_data(held), "the list afterwards", equals=first)
    expect(student.summarise(held), "the same list with nothing to skip", **TOLERANCE)
    expect(student.summarise(held, skip=-999), "the second call with the same list", **TOLERANCE)
    expect(student.summarise(first), "a third call, without `skip`", **TOLERANCE)
    expect(student.summarise(readings(given, 6, 2)), "a fourth call with another list", **TOLERANCE)


def refused(student: Any, *args: Any) -> bool:
    """Whether such a call is a TypeError."""
    try:
        student.summarise(*args)
    except LearnerError as error:
        if error.kind in ("Blank", "MissingAnswer", "TimeLimit", "Died"):
            raise
        return error.kind == "TypeError"
    return False


@hidden_test(weight=1, says="Look at the first line of the function. What does the star among the arguments say?")
def test_options_have_names(student, given, expect):
    """`digits` and `skip` are given by name and not by position"""
    values = mixed(given, readings(given, 7, 1), 0, 3)
    expect.that(refused(student, values, 1), "summarise(values, 1) raises a TypeError")
    expect(student.summarise(values=values, skip=0, digits=1), "with every argument by name", **TOLERANCE)
