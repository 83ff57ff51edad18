"""`python -m benchmarks.forgetting_marks`: how often a right answer to `adapt_without_forgetting` is turned away.

Each grading draws what the hidden tests draw, by a seed of its own: two tasks with batch norm and two with group norm,
of which the means count. The solution and each accepted alternative are graded on the same tasks. A grading in which
any mark is missed is a false rejection. The bound is that of Clopper and Pearson, one-sided, 95 %; for none of n it is
about 3 / n. Stop it when you like: the table of all gradings so far is printed every ten.

With `--wrong` the misconceptions are graded instead: how often each misses a mark, and the most that it reaches. Those
that break another rule (the budget, the base, the mode) reach the marks.
"""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Annotated, Any

import numpy as np
import torch
import typer
from scipy import stats

from grader.authoring.answers import ANSWERS, around, files, names_of
from grader.exercise.catalogue import load_exercise
from grader.hidden.catastrophic_forgetting.adapt_without_forgetting import (
    MARKS,
    called,
    mean_of,
    task_of,
)
from grader.student.given import Given
from tlcore.misconceptions.registry import misconceptions_of

EXERCISE, QUESTION = "09_catastrophic_forgetting", "adapt_without_forgetting"
FIRST = 7_000_000
"""The first seed. The marks were chosen by other ones."""


def tasks(seed: int) -> list[list[tuple[Any, int, int]]]:
    """What one grading asks: for each of the two tests its tasks, with budgets and the order of the classes."""
    given = Given(None, seed)  # type: ignore[arg-type]  # it only draws numbers
    batch = [(task_of(given), given.integer(36, 44), given.integer(0, 2**30)) for _ in range(2)]
    group = [(task_of(given, norm="group"), given.integer(60, 70), given.integer(0, 2**30)) for _ in range(2)]
    return [batch, group]


def shares(answer: Any, asked: list[tuple[Any, int, int]]) -> tuple[float, float]:
    """Shares of old and of new pictures that are right, as means over some tasks."""
    found = []
    for task, budget, order in asked:
        target, buffer = (tuple(part.clone() for part in pair) for pair in (task.target, task.buffer))
        model = answer(copy.deepcopy(task.base), target, buffer, budget)
        it = SimpleNamespace(task=task, n_new=int(task.target[1].max()) + 1, order=order)
        with torch.no_grad():
            found.append(called(None, it, model))
    mean = mean_of(found)
    return mean.old_right, mean.new_right


def table(rows: dict[str, list[tuple[float, ...]]]) -> None:
    """Print for each answer the mean of its shares with their extremes, and how often it was turned away."""
    marks = np.array([*MARKS["batch"], *MARKS["group"]])
    turned_away = graded = 0
    for who, values in rows.items():
        found = np.array(values)
        missed = int((found < marks).any(1).sum())
        turned_away, graded = turned_away + missed, graded + len(found)
        means = ", ".join(f"{m:.3f} ± {s:.3f}" for m, s in zip(found.mean(0), found.std(0), strict=True))
        extremes = ", ".join(f"{low:.3f} to {high:.3f}" for low, high in zip(found.min(0), found.max(0), strict=True))
        print(f"{who:>28}: {missed} of {len(found)} turned away; means {means}; from {extremes}")
    bound = stats.beta.ppf(0.95, turned_away + 1, graded - turned_away)
    print(f"all: {turned_away} of {graded} turned away, with 95 % confidence fewer than {bound:.2%}", flush=True)


def main(
    gradings: Annotated[int, typer.Option(help="How many gradings.")] = 200,
    first: int = FIRST,
    wrong: Annotated[bool, typer.Option("--wrong", help="Grade the misconceptions instead.")] = False,
) -> None:
    """Grade every right answer, and print the table."""
    torch.set_num_threads(1)
    exercise = load_exercise(EXERCISE)
    sources = {"solution": exercise.question(QUESTION).answer_source}
    sources |= {p.stem: p.read_text(encoding="utf-8") for p in files(ANSWERS, exercise.topic, QUESTION, "right")}
    known = around(exercise)
    answers = {who: names_of(source, known, f"<{who}>")[QUESTION] for who, source in sources.items()}
    if wrong:
        answers = {each.label: each.names[QUESTION] for each in misconceptions_of(exercise.topic, QUESTION)}
    rows: dict[str, list[tuple[float, ...]]] = {who: [] for who in answers}
    for seed in range(first, first + gradings):
        asked = tasks(seed)
        for who, answer in answers.items():
            torch.manual_seed(seed)
            rows[who].append(tuple(value for part in asked for value in shares(answer, part)))
        if (seed - first + 1) % 10 == 0:
            print(f"after {seed - first + 1} gradings:")
            table(rows)


if __name__ == "__main__":
    typer.run(main)
