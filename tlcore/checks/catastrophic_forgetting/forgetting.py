"""Public check of `forgetting`."""

import math

from tlcore import plots

NAN = math.nan


def _plain(found):
    """The numbers of an answer, or None if it is no dict with the three of them."""
    try:
        numbers = {name: float(found[name]) for name in ("avg_forgetting", "bwt")}
        return numbers | {"per_task": [float(value) for value in found["per_task"]]}
    except (TypeError, KeyError, IndexError, ValueError):
        return None


def _looks(found, show, per_task, average, bwt):
    """Compare all three numbers."""
    show.expect(
        "per_task",
        [round(value, 4) for value in found["per_task"]],
        per_task,
        "One number for each task but the last: its best, from when it was learned, minus the last row.",
        atol=1e-3,
    )
    show.expect("avg_forgetting", found["avg_forgetting"], average, "The mean of per_task.", atol=1e-3)
    show.expect(
        "bwt", found["bwt"], bwt, "Last row minus diagonal, over the same tasks: negative if much is lost.", atol=1e-3
    )


def check(forgetting, show):
    show.tried("three tasks; the first is best while the second is learned")
    R = [[0.80, NAN, NAN], [0.90, 0.70, NAN], [0.60, 0.75, 0.95]]
    found = _plain(forgetting(R))
    if not show.that(
        found is not None,
        "a dict with avg_forgetting, bwt and per_task is returned",
        "Is there a `return`? avg_forgetting and bwt are numbers, per_task is a list of numbers.",
    ):
        return
    _looks(found, show, [0.30, -0.05], 0.125, -0.075)
    names = [f"task {j}" for j in range(max(len(found["per_task"]), 2))]
    yours = (found["per_task"] + [0.0] * 2)[: len(names)]
    show.picture(plots.bars("What each task lost", names, yours, [0.30, -0.05], ylabel="accuracy lost"))

    show.tried("the same table, with numbers before a task is learned, and another one in which a cell is missing")
    before = [[0.80, 0.99, 0.98], [0.90, 0.70, 0.97], [0.60, 0.75, 0.95]]
    found = _plain(forgetting(before))
    if show.that(found is not None, "it gives numbers", "Does your function expect nan there?"):
        _looks(found, show, [0.30, -0.05], 0.125, -0.075)
    gap = [[0.9, NAN, NAN, NAN], [0.7, 0.8, NAN, NAN], [NAN, 0.6, 0.9, NAN], [0.5, 0.5, 0.5, 0.9]]
    found = _plain(forgetting(gap))
    if show.that(found is not None, "a missing cell does no harm", "nan stands for: not measured."):
        _looks(found, show, [0.4, 0.3, 0.4], 0.3667, -0.3667)

    show.tried("one task")
    found = _plain(forgetting([[0.9]]))
    show.expect(
        "what is lost of one task",
        found,
        {"avg_forgetting": 0.0, "bwt": 0.0, "per_task": []},
        "There is nothing after it that could make it forgotten.",
    )
    show.untried("tables of more tasks, and arrays instead of lists")
