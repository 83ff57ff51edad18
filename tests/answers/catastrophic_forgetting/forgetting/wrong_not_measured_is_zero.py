# It breaks: cells that were not measured are left out. Here a task with one is left out of the list.
import numpy as np


def forgetting(R):
    R = np.asarray(R, dtype=float)
    last = len(R) - 1
    whole = [j for j in range(last) if not np.isnan(R[j:, j]).any()]
    per_task = [float(R[j:last, j].max() - R[last, j]) for j in whole]
    changes = [float(R[last, j] - R[j, j]) for j in range(last)]
    return {
        "avg_forgetting": float(np.mean(per_task)) if per_task else 0.0,
        "bwt": float(np.mean(changes)) if last else 0.0,
        "per_task": per_task,
    }
