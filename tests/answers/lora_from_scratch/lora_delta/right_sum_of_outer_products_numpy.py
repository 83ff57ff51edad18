import numpy as np


def lora_delta(A, B, alpha):
    A, B = np.asarray(A.detach()), np.asarray(B.detach())
    r = len(A)
    total = np.zeros((len(B), A.shape[1]))
    for i in range(r):
        total += np.outer(B[:, i], A[i])
    return total * alpha / r
