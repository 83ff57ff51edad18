import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict


def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    rng = np.random.default_rng(1)

    def wide(x):
        return np.hstack([x, *(x[:, [i]] * x[:, i:] for i in range(x.shape[1]))])

    def differs(a, b):
        n = min(len(a), len(b))  # as many of each
        a, b = rng.permutation(a)[:n], rng.permutation(b)[:n]
        x, d = wide(np.vstack([a, b])), np.r_[np.zeros(n), np.ones(n)]
        x = (x - x.mean(0)) / x.std(0)
        order = rng.permutation(2 * n)
        said = cross_val_predict(LogisticRegression(C=0.1), x[order], d[order], cv=3)
        return (said == d[order]).mean() > 0.5 + 2.5 * np.sqrt(0.25 / (2 * n))

    order = rng.permutation(len(source_y))
    a, b = order[::2], order[1::2]
    clf = LogisticRegression().fit(source_x[a], source_y[a])
    k = len(np.unique(source_y))
    if differs(source_x, target_x):
        # expectation-maximisation for the class proportions (Saerens 2002)
        prior = np.bincount(source_y, minlength=k) / len(source_y)
        p, proba = prior.copy(), clf.predict_proba(target_x)
        for _ in range(100):
            q = proba * p / prior
            p = (q / q.sum(1, keepdims=True)).mean(0)
        w = (p / prior)[source_y]
        keep = rng.random(len(w)) < w / w.max()
        return "covariate" if differs(source_x[keep], target_x) else "label"
    if len(few_x) == 0:
        return "none"
    acc, now = clf.score(source_x[b], source_y[b]), clf.score(few_x, few_y)
    return "concept" if now < acc - 2.5 * np.sqrt(acc * (1 - acc) / len(few_x)) else "none"
