# It breaks: bwt compares the end with when the task was learned. Here it is minus the average forgetting.
import numpy as np


def forgetting(R):
    R = np.asarray(R, dtype=float)
    last = len(R) - 1
    per_task = [float(np.nanmax(R[j:last, j]) - R[last, j]) for j in range(last)]
    mean = float(np.mean(per_task)) if last else 0.0
    return {"avg_forgetting": mean, "bwt": -mean, "per_task": per_task}
