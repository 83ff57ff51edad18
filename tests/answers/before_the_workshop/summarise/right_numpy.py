import numpy as np


def summarise(values, *, digits=2, skip=None):
    values = np.array(values, dtype=float)
    if skip is not None:
        values = values[values != skip]
    if values.size == 0:
        return 0, None, None
    return values.size, np.round(values.mean(), digits), values.max()
