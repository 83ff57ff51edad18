# It breaks: cells that are nan are left out. Here they count as 1.0, the best there is.
import numpy as np


def forgetting(R):
    R = np.nan_to_num(np.asarray(R, dtype=float), nan=1.0)
    last = len(R) - 1
    per_task = [float(R[j:last, j].max() - R[last, j]) for j in range(last)]
    changes = [float(R[last, j] - R[j, j]) for j in range(last)]
    return {
        "avg_forgetting": float(np.mean(per_task)) if last else 0.0,
        "bwt": float(np.mean(changes)) if last else 0.0,
        "per_task": per_task,
    }
