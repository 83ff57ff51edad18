import numpy as np


def forgetting(R):
    R = np.array(R, dtype=float)
    if len(R) == 1:
        return dict(avg_forgetting=0.0, bwt=0.0, per_task=[])
    learned = np.tril(np.ones_like(R, dtype=bool))[:-1]
    best = np.where(learned & ~np.isnan(R[:-1]), R[:-1], -np.inf).max(0)[:-1]
    end = R[-1, :-1]
    return dict(avg_forgetting=(best - end).mean(), bwt=(end - np.diag(R)[:-1]).mean(), per_task=best - end)
