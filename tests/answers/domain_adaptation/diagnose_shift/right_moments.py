import numpy as np
from scipy.stats import chi2


def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    # means and second moments, compared by a chi-square test; class proportions from least squares on the means
    def moments(x):
        i, j = np.triu_indices(x.shape[1])
        return np.concatenate([x, x[:, i] * x[:, j]], axis=1)

    def p_value(a, b, wa=None):
        fa, fb = moments(a), moments(b)
        wa = np.ones(len(a)) if wa is None else wa
        wa = wa / wa.sum()
        diff = wa @ fa - fb.mean(0)
        centred = fa - wa @ fa
        cov = (centred * wa[:, None] ** 2).T @ centred + np.cov(fb.T) / len(fb)
        return chi2.sf(diff @ np.linalg.solve(cov, diff), len(diff))

    classes = range(source_y.max() + 1)
    if p_value(source_x, target_x) < 0.005:
        means = np.stack([moments(source_x[source_y == c]).mean(0) for c in classes], 1)
        spread = np.linalg.inv(np.cov(moments(source_x).T))
        share = np.linalg.solve(means.T @ spread @ means, means.T @ spread @ moments(target_x).mean(0))
        share = np.clip(share, 1e-3, None)
        w = share[source_y] / np.bincount(source_y)[source_y]
        return "label" if p_value(source_x, target_x, w) > 0.005 else "covariate"
    if len(few_y) == 0:
        return "none"
    half = len(source_y) // 2
    centres = np.stack([source_x[:half][source_y[:half] == c].mean(0) for c in classes])

    def right(x, y):
        return (((x[:, None] - centres) ** 2).sum(-1).argmin(1) == y).mean()

    usual = right(source_x[half:], source_y[half:])
    return "concept" if right(few_x, few_y) < usual - 2.4 * (usual * (1 - usual) / len(few_y)) ** 0.5 else "none"
