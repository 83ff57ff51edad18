import numpy as np


def read_metrics(confusion):
    c = np.array(confusion, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.diag(c) / c.sum(axis=0)
        recall = np.diag(c) / c.sum(axis=1)
    return {
        "accuracy": np.trace(c) / c.sum(),
        "precision": precision,
        "recall": recall,
        "majority": c.sum(axis=1).max() / c.sum(),
    }
