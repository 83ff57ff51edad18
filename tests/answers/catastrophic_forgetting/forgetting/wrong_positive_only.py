# It breaks: forgetting may be negative. Here what was gained counts as 0.
import numpy as np


def forgetting(R):
    R = np.asarray(R, dtype=float)
    last = len(R) - 1
    per_task = [max(0.0, float(np.nanmax(R[j:last, j]) - R[last, j])) for j in range(last)]
    changes = [float(R[last, j] - R[j, j]) for j in range(last)]
    return {
        "avg_forgetting": float(np.mean(per_task)) if last else 0.0,
        "bwt": float(np.mean(changes)) if last else 0.0,
        "per_task": per_task,
    }
