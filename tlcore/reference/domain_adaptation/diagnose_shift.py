"""Which kind of shift is it? First P(x), then whether other class proportions explain it, then a few labels."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import PolynomialFeatures, scale


def diagnose_shift(
    source_x: np.ndarray, source_y: np.ndarray, target_x: np.ndarray, few_x: np.ndarray, few_y: np.ndarray
) -> str:
    """The kind of shift, one of four words: none, covariate, label or concept.

    Args:
        source_x, source_y: (N, D) rows of the source and their classes (N,), 0 to C - 1.
        target_x: (M, D) rows of the target, without labels.
        few_x, few_y: some rows of the target with their classes; there may be none.

    Sources: Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests"; Lipton et al. 2018, "Detecting and
    correcting for label shift with black box predictors".
    """
    # 1. can a classifier tell source from target, on rows that it was not fitted on?
    # 2. if so: thin out the source to the class proportions of the target; can it still tell them apart?
    # 3. if not: are there fewer hits on the few labels than on held-out rows of the source?
    ### BEGIN SOLUTION
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
    if told_apart(source_x, target_x) > 2.5:
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
    ### END SOLUTION
