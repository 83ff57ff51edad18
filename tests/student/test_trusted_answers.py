"""Trusted code answers as a fresh process would: what one test left behind, the next does not find."""

from typing import Any

from grader.student.answers import TrustedAnswers
from grader.student.proxy import Student


def collects(value: int, *, into: list[int] = [], also: Any = None) -> list[int]:  # noqa: B006
    into.append(value)
    return list(into)


def adds(value: int, seen: set[int] = {0}) -> int:  # noqa: B006
    seen.add(value)
    return len(seen)


def test_a_default_that_can_change_is_as_it_was_defined_at_each_beginning():
    for _ in range(2):
        student = Student(TrustedAnswers({"collects": collects, "adds": adds}), seed=1)
        assert [student.collects(1), student.collects(2), student.adds(5)] == [[1], [1, 2], 2]
        student.start_afresh()
        assert [student.collects(3), student.adds(7)] == [[3], 2]
    assert collects(9) == [9] and adds(9) == 2
