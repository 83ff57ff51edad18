"""How much was forgotten, from a table of accuracies: average forgetting and backward transfer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def forgetting(R: Sequence[Sequence[float]]) -> dict[str, Any]:
    """What T tasks, learned one after the other, have lost.

    Args:
        R: (T, T); `R[i][j]` is the accuracy on task j after training on task i. Cells may be nan, for not measured; the
            diagonal and the last row are always there.

    Returns:
        per_task: for each task but the last, its best accuracy, from when it was learned until before the last task,
            minus its accuracy at the end. A list of T - 1 floats.
        avg_forgetting: their mean; 0 if there is one task only.
        bwt: the mean over the same tasks of accuracy at the end minus accuracy when it was learned; likewise.

    Sources: Chaudhry et al. 2018, "Riemannian walk for incremental learning"; Lopez-Paz & Ranzato 2017, "Gradient
    episodic memory for continual learning".
    """
    # 1. for each task but the last: its column, from when it was learned until before the last task; the best of it
    # 2. minus what is left of it at the end
    # 3. backward transfer: the end minus the diagonal; means over the same tasks
    ### BEGIN SOLUTION
    accuracy = np.asarray(R, dtype=float)
    last = len(accuracy) - 1
    per_task = [float(np.nanmax(accuracy[j:last, j]) - accuracy[last, j]) for j in range(last)]
    changes = [float(accuracy[last, j] - accuracy[j, j]) for j in range(last)]
    return {
        "avg_forgetting": float(np.mean(per_task)) if last else 0.0,
        "bwt": float(np.mean(changes)) if last else 0.0,
        "per_task": per_task,
    }
    ### END SOLUTION
