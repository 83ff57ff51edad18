# It breaks: the mean is over the tasks but the last. Here it is divided by the number of all tasks.
import numpy as np


def forgetting(R):
    R = np.asarray(R, dtype=float)
    last = len(R) - 1
    per_task = [float(np.nanmax(R[j:last, j]) - R[last, j]) for j in range(last)]
    return {
        "avg_forgetting": sum(per_task) / len(R),
        "bwt": float(sum(R[last, j] - R[j, j] for j in range(last))) / len(R),
        "per_task": per_task,
    }
