# It breaks: no shift is to be named, too. Here any difference counts.
import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import PolynomialFeatures, scale


def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    """Which shift it is: "none", "covariate", "label" or "concept".

    Args:
        source_x, source_y: (N, D) rows of the source and their classes (N,), 0 to C - 1.
        target_x: (M, D) rows of the target, without labels.
        few_x, few_y: some rows of the target with their classes; there may be none.

    Sources: Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests"; Lipton et al. 2018, "Detecting and
    correcting for label shift with black box predictors".
    """
    rng = np.random.default_rng(0)

    def told_apart(a, b):
        """Standard deviations by which a cross-validated domain classifier is better than guessing."""
        x, domain = np.concatenate([a, b]), np.repeat([0, 1], [len(a), len(b)])
        x = scale(PolynomialFeatures(2, include_bias=False).fit_transform(x))
        folds = StratifiedKFold(2, shuffle=True, random_state=0)
        right = cross_val_predict(RidgeClassifier(class_weight="balanced"), x, domain, cv=folds) == domain
        balanced = (right[domain == 0].mean() + right[domain == 1].mean()) / 2
        return (balanced - 0.5) / np.sqrt((0.25 / len(a) + 0.25 / len(b)) / 4)

    classes = int(max(source_y)) + 1
    fit = rng.random(len(source_y)) < 0.5
    model = LogisticRegression().fit(source_x[fit], source_y[fit])
    held_x, held_y = source_x[~fit], source_y[~fit]
    if told_apart(source_x, target_x) > -2.5:
        # What the model says of each class, and of the target: the proportions that explain the latter.
        said = model.predict(held_x)
        confusion = np.array([[np.mean(said[held_y == c] == k) for c in range(classes)] for k in range(classes)])
        shares = np.bincount(model.predict(target_x), minlength=classes) / len(target_x)
        proportions = np.clip(np.linalg.lstsq(confusion, shares, rcond=None)[0], 1e-6, None)
        weights = proportions[source_y] / np.bincount(source_y)[source_y]
        # Each row is kept once at most: a copy in two folds would be recognised.
        kept = rng.random(len(source_y)) < weights / weights.max()
        return "covariate" if told_apart(source_x[kept], target_x) > 2.5 else "label"
    if len(few_y):
        usual = model.score(held_x, held_y)
        hits = model.score(few_x, few_y)
        if usual - hits > 2.5 * np.sqrt(usual * (1 - usual) * (1 / len(few_y) + 1 / len(held_y))):
            return "concept"
    return "none"
