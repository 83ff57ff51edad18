"""Hidden tests of `forgetting`: tables of accuracies whose cells are drawn."""

from __future__ import annotations

import math
from typing import Any

import torch

from grader.hidden.catastrophic_forgetting.setups import not_so
from grader.hidden.registry import hidden_test
from grader.student.views import View
from tlcore import plots


def table(given: Any, tasks: int, after: str, holes: int = 0) -> list[list[float]]:
    """Accuracies of `tasks` tasks, in steps of 0.01.

    after: what stands in the cells of tasks that have not been learned yet: "nan" or "numbers".
    holes: cells below the diagonal and above the last row that were not measured.
    """
    drawn = [[given.integer(20, 99) / 100 for _ in range(tasks)] for _ in range(tasks)]
    if tasks > 2:  # the first task is better after the second than when it was learned
        drawn[0][0] = given.integer(20, 59) / 100
        drawn[1][0] = drawn[0][0] + given.integer(20, 40) / 100
    for i in range(tasks):
        for j in range(i + 1, tasks):
            if after == "nan":
                drawn[i][j] = math.nan
    between = [(i, j) for i in range(2, tasks - 1) for j in range(i)]
    for i, j in given.random.sample(between, min(holes, len(between))):
        drawn[i][j] = math.nan
    return drawn


def numbers(found: Any, expect: Any, tasks: int) -> dict[str, Any]:
    """What an answer gave, as plain numbers."""
    if not isinstance(found, dict):
        not_so(expect, "forgetting(R) returns a dict")
    return {
        "avg_forgetting": float(found["avg_forgetting"]),
        "bwt": float(found["bwt"]),
        "per_task": [float(value) for value in found["per_task"]][: tasks + 1],
    }


def says(found: dict[str, Any]) -> str:
    """All numbers."""
    each = ", ".join(f"{value:.2f}" for value in found["per_task"])
    return f"avg_forgetting {found['avg_forgetting']:.3f}, bwt {found['bwt']:.3f}, per_task {each}"


def draws(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Forgetting of each task."""
    tasks = [f"task {j}" for j in range(len(expected["per_task"]))]
    return plots.bars("What each task lost", tasks, found["per_task"], expected["per_task"], ylabel="accuracy lost")


def looked_at(student: Any, expect: Any, drawn: Any, label: str) -> None:
    """What the answer gives for a table."""
    tasks = len(drawn)
    expect(numbers(student.forgetting(drawn), expect, tasks), label, atol=1e-5, view=View(says, draws))


@hidden_test(weight=3, says="Which cells belong to a task: a row or a column? From which row on, and until which?")
def test_what_was_lost(student, given, expect):
    """Forgetting of each task, its mean and the backward transfer of a full table"""
    for tasks in (given.choice([3, 4]), given.choice([5, 6]), 2):
        looked_at(student, expect, table(given, tasks, "nan"), f"what {tasks} tasks lost")


@hidden_test(weight=2, says="When is a number of a task one that it could lose: before or after it was learned?")
def test_before_it_was_learned(student, given, expect):
    """Accuracies on tasks that have not been learned yet count for nothing"""
    for tasks in (given.choice([3, 4]), given.choice([5, 6])):
        looked_at(student, expect, torch.tensor(table(given, tasks, "numbers")), f"what {tasks} tasks lost")


@hidden_test(weight=1, says="What is the best of some numbers if one of them was not measured?")
def test_cells_that_were_not_measured(student, given, expect):
    """Cells that were not measured are left out"""
    for tasks, holes in ((4, 2), (given.choice([6, 7]), 5)):
        drawn = table(given, tasks, "nan", holes)
        looked_at(student, expect, drawn, f"what {tasks} tasks lost, {holes} cells not measured")
        # Called twice with the same table: nothing may have been filled in.
        looked_at(student, expect, torch.tensor(drawn).numpy(), "the same again, from an array")


@hidden_test(weight=1, says="How many tasks can be forgotten if there is one?")
def test_one_task(student, given, expect):
    """One task alone has lost nothing"""
    looked_at(student, expect, table(given, 1, "nan"), "what a task lost after which there was no other")
    looked_at(student, expect, table(given, 3, "nan"), "what three tasks lost")
