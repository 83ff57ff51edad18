"""Hidden tests of `read_metrics`."""

from __future__ import annotations

from typing import Any

from grader.hidden.registry import hidden_test

Confusion = list[list[int]]


def confusion(given: Any, n: int, never: bool = False, absent: bool = False) -> Confusion:
    """Pictures of n classes, many of the first and few of the last, with more hits than anything else; at random one
    class is never answered, or has no picture. What is commonest as an answer differs from what is there."""
    order = given.random.sample(range(n), n)
    table = [[given.integer(1, 9) for _ in range(n)] for _ in range(n)]
    for rank, k in enumerate(order):
        table[k][k] += given.integer(8, 20) * (n - rank)
    table[order[0]][order[-1]] += sum(table[order[0]])  # the commonest class is often taken for the rarest
    if never:
        for row in table:
            row[order[1]] = 0
    if absent:
        table[order[-1]] = [0] * n
    return table


def value(metrics: Any, key: str) -> Any:
    """A metric by its name. Raises TypeError for what is no dict."""
    if not isinstance(metrics, dict):
        raise TypeError(f"a {type(metrics).__name__} where a dict of metrics should be")
    return metrics[key]


@hidden_test(weight=1, says="How many pictures are there in all, and how many were called what they are?")
def test_accuracy(student, given, expect):
    """Accuracy is the share of all pictures that was right"""
    for n in (2, given.integer(3, 5), given.integer(6, 9)):
        expect(value(student.read_metrics(confusion(given, n)), "accuracy"), f"accuracy for {n} classes")
    table = confusion(given, given.integer(3, 6), never=True, absent=True)
    expect(value(student.read_metrics(table), "accuracy"), "accuracy where a class has no picture")


@hidden_test(weight=1, says="Which single answer is right most often, and how often is it right?")
def test_majority(student, given, expect):
    """The baseline is the share of the commonest class"""
    for n in (2, given.integer(3, 5), given.integer(6, 9)):
        expect(value(student.read_metrics(confusion(given, n)), "majority"), f"the baseline for {n} classes")


@hidden_test(weight=2, says="Precision asks those that were called so, recall those that are so. Which is along a row?")
def test_precision_and_recall(student, given, expect):
    """Precision and recall of each class, in the order of the classes"""
    for n in (2, given.integer(3, 5), given.integer(6, 9)):
        metrics = student.read_metrics(confusion(given, n))
        expect(value(metrics, "precision"), f"precision for {n} classes")
        expect(value(metrics, "recall"), f"recall for {n} classes")


@hidden_test(weight=2, says="Which number is it, where there is nothing to divide by? Say nan, and nowhere else.")
def test_nothing_of_nothing(student, given, expect):
    """Precision of a class that was never answered, and recall of one without pictures, are nan"""
    for never, absent in ((True, False), (False, True), (True, True)):
        metrics = student.read_metrics(confusion(given, given.integer(3, 6), never, absent))
        what = " and ".join(
            text for text, is_so in (("a class was never answered", never), ("a class has no picture", absent)) if is_so
        )
        expect(value(metrics, "precision"), f"precision where {what}")
        expect(value(metrics, "recall"), f"recall where {what}")


@hidden_test(weight=1, says="Is the table as it was after your function? Which four names does the result have?")
def test_the_table_is_only_read(student, given, expect):
    """The table stays as it is; there is one class, or none that was hit"""
    table = confusion(given, given.integer(3, 6))
    held = student.tools.plain_data.kept(table)
    for times in ("once", "twice"):
        expect(student.read_metrics(held), f"all metrics, asked {times}")
    expect(student.tools.plain_data(held), "the table afterwards", equals=table)
    expect(student.read_metrics([[given.integer(3, 9)]]), "all metrics of one class")
    a, b = given.distinct(2, 3, 90)
    expect(student.read_metrics([[0, a], [b, 0]]), "all metrics where every answer was wrong")
