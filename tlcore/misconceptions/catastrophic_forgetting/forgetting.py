"""Wrong ideas about `forgetting`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tlcore.misconceptions.registry import misconception

Table = NDArray[np.float64]


def _table(R: Any) -> Table:
    return np.asarray(R, dtype=float)


def _summary(per_task: list[Any], changes: list[Any]) -> dict[str, Any]:
    return {
        "avg_forgetting": float(np.mean(per_task)) if per_task else 0.0,
        "bwt": float(np.mean(changes)) if changes else 0.0,
        "per_task": [float(value) for value in per_task],
    }


def _best(R: Table, j: int) -> float:
    return float(np.nanmax(R[j : len(R) - 1, j]))


def _changes(R: Table) -> list[Any]:
    return [R[-1, j] - R[j, j] for j in range(len(R) - 1)]


@misconception(asks="Which index is the time, and which is the task: R[i][j] is measured after training on which one?")
def rows_and_columns_exchanged(R: Any) -> dict[str, Any]:
    """The table is read as R[task][time]."""
    R = np.nan_to_num(_table(R).T)
    return _summary([_best(R, j) - R[-1, j] for j in range(len(R) - 1)], _changes(R))


@misconception(asks="After the last task, how much time was there to forget it?")
def last_task_counted(R: Any) -> dict[str, Any]:
    """The last task is in the list and in the means."""
    R = _table(R)
    if len(R) == 1:
        return _summary([0.0], [0.0])
    per_task = [_best(R, j) - R[-1, j] for j in range(len(R) - 1)]
    return _summary([*per_task, 0.0], [*_changes(R), 0.0])


@misconception(asks="A task fell from 0.9 to 0.6. Should its forgetting be positive or negative, and bwt?")
def sign_turned(R: Any) -> dict[str, Any]:
    """The end minus the best, and the beginning minus the end."""
    R = _table(R)
    per_task = [R[-1, j] - _best(R, j) for j in range(len(R) - 1)]
    return _summary(per_task, [-change for change in _changes(R)])


@misconception(asks="A task got better while a later one was learned, and then worse. From where does it fall?")
def from_the_diagonal(R: Any) -> dict[str, Any]:
    """Forgetting is counted from when the task was learned, not from its best."""
    R = _table(R)
    return _summary([-change for change in _changes(R)], _changes(R))


@misconception(asks="Which cells of a column were measured before its task was learned, and can they be lost?")
def cells_before_learning(R: Any) -> dict[str, Any]:
    """The best of the whole column, including what was there before the task was learned."""
    R = _table(R)
    last = len(R) - 1
    return _summary([np.nanmax(R[:last, j]) - R[last, j] for j in range(last)], _changes(R))


@misconception(asks="Can a task that is better at the end than ever before have a forgetting below zero?")
def never_below_zero(R: Any) -> dict[str, Any]:
    """The best includes the end, so that forgetting is never negative."""
    R = _table(R)
    return _summary([np.nanmax(R[j:, j]) - R[-1, j] for j in range(len(R) - 1)], _changes(R))


@misconception(asks="What was measured right before the end is one number of several. Was it the best one?")
def only_the_step_before(R: Any) -> dict[str, Any]:
    """The accuracy before the last task minus that after it."""
    R = _table(R)
    before = [R[j : len(R) - 1, j] for j in range(len(R) - 1)]
    known = [column[~np.isnan(column)][-1] for column in before]
    return _summary([value - R[-1, j] for j, value in enumerate(known)], _changes(R))


@misconception(asks="How does a comparison with nan turn out? What does your maximum do with such a cell?")
def not_measured_is_not_a_number(R: Any) -> dict[str, Any]:
    """A cell that was not measured makes the whole column nan."""
    R = _table(R)
    last = len(R) - 1
    return _summary([np.max(R[j:last, j]) - R[last, j] for j in range(last)], _changes(R))
