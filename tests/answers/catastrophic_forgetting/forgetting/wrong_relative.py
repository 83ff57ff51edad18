# It breaks: forgetting is a difference of accuracies. Here it is divided by the best.
import numpy as np


def forgetting(R):
    R = np.asarray(R, dtype=float)
    last = len(R) - 1
    best = [np.nanmax(R[j:last, j]) for j in range(last)]
    per_task = [float((b - R[last, j]) / b) for j, b in enumerate(best)]
    changes = [float(R[last, j] - R[j, j]) for j in range(last)]
    return {
        "avg_forgetting": float(np.mean(per_task)) if last else 0.0,
        "bwt": float(np.mean(changes)) if last else 0.0,
        "per_task": per_task,
    }
