# It breaks: with one task there is an empty list, and 0 for both numbers. Here the means are nan.
import numpy as np


def forgetting(R):
    R = np.asarray(R, dtype=float)
    last = len(R) - 1
    per_task = [float(np.nanmax(R[j:last, j]) - R[last, j]) for j in range(last)]
    changes = [float(R[last, j] - R[j, j]) for j in range(last)]
    return {"avg_forgetting": np.mean(per_task), "bwt": np.mean(changes), "per_task": per_task}
