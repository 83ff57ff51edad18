import numpy as np


def _mmd(a, b, rng, times=60):
    """Whether the kernel distance of a and b is larger than after shuffling."""
    x = np.vstack([a, b])
    d = ((x[:, None] - x[None]) ** 2).sum(-1)
    k = np.exp(-d / np.median(d))
    n = len(a)
    m = len(x) - n
    signs = [np.r_[np.full(n, 1 / n), np.full(m, -1 / m)]]
    signs += [rng.permutation(signs[0]) for _ in range(times)]
    s = np.array(signs)
    values = ((s @ k) * s).sum(1)
    return (values[0] - values[1:].mean()) / values[1:].std()


def _nearest(x, y, z, k=15):
    d = ((z[:, None] - x[None]) ** 2).sum(-1)
    votes = y[np.argsort(d, 1)[:, :k]]
    return np.array([np.bincount(v).argmax() for v in votes])


def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    rng = np.random.default_rng(0)
    pick = rng.permutation(len(source_x))[:250]
    other = rng.permutation(len(target_x))[:250]
    C = source_y.max() + 1
    fit, held = source_x[::2], source_x[1::2]
    said = _nearest(fit, source_y[::2], held)
    if _mmd(source_x[pick], target_x[other], rng) > 4:
        confusion = np.array([[(said[source_y[1::2] == c] == k).mean() for c in range(C)] for k in range(C)])
        seen = np.bincount(_nearest(fit, source_y[::2], target_x), minlength=C) / len(target_x)
        w = np.maximum(np.linalg.solve(confusion, seen), 0) * C
        keep = rng.random(len(source_y)) < w[source_y] / w.max()
        rest = rng.permutation(source_x[keep])[:250]
        return "label" if _mmd(rest, target_x[other], rng) < 4 else "covariate"
    if len(few_y) > 0:
        before = (said == source_y[1::2]).mean()
        now = (_nearest(fit, source_y[::2], few_x) == few_y).mean()
        if before - now > 2.3 * np.sqrt(before * (1 - before) / len(few_y)):
            return "concept"
    return "none"
