"""Notebook 08: can covariate, label and concept shift be told apart, on generated data where the truth is known?

Three classes of Gaussian clouds in five dimensions. Each draw is one of four kinds, ten draws a kind in an examination
of forty: none; covariate (P(x) tilted along a random direction, P(y|x) the same); label (other class proportions,
P(x|y) the same); concept (P(x) the same, in one half of the space the labels are exchanged).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from benchmarks.effects.common import Effect, Setting, Values, grid

KINDS = ("none", "covariate", "label", "concept")
PER_KIND = 10
CLASSES, DIMENSIONS, ROWS = 3, 5, 500
FEW = (0, 10, 30, 100)
"""How many target labels a procedure may look at."""
LEVEL = 0.05
"""Significance level of every test."""
Rows = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Draw:
    """One case: labelled source, target whose labels only the truth and the few know."""

    kind: str
    x: Rows
    y: Labels
    target_x: Rows
    target_y: Labels


@dataclass(frozen=True)
class Evidence:
    """What the tests say of one draw."""

    p_domain: float
    """Two-sample test by a cross-validated domain classifier."""
    p_domain_on_training_rows: float
    """The same, wrongly scored on the rows that it was fitted on."""
    p_after_reweighting: float
    """The same, after source rows were thinned to the estimated class proportions of the target."""
    p_concept: dict[int, float]
    """By how many target labels: are there fewer hits than the source model itself expects on these rows?"""
    p_accuracy: dict[int, float]
    """By how many target labels: is the accuracy below the source's?"""


def examine(setting: Setting, seed: int) -> Values:
    """Share of forty draws whose kind each procedure names."""
    rng = np.random.default_rng([seed, 7])
    draws = [draw(kind, setting["strength"], rng) for kind in KINDS for _ in range(PER_KIND)]
    evidence = [gather(each, rng) for each in draws]
    values: Values = {}
    for few in FEW:
        said = [diagnose(each, few) for each in evidence]
        values[f"procedure, {few} labels"] = _share(said, draws)
        if few in (0, FEW[-1]):
            for kind in KINDS:
                for answer in KINDS:
                    pairs = [s == answer for s, d in zip(said, draws, strict=True) if d.kind == kind]
                    values[f"{few} labels: {kind} called {answer}"] = sum(pairs) / PER_KIND
    for name, wrong in WRONG.items():
        values[name] = _share([wrong(each) for each in evidence], draws)
    values["constant answer"] = max(sum(d.kind == kind for d in draws) for kind in KINDS) / len(draws)
    values["random answer"] = _share([str(kind) for kind in rng.choice(KINDS, len(draws))], draws)
    return values


def diagnose(evidence: Evidence, few: int) -> str:
    """The procedure: first P(x), then whether class proportions explain it, then a few labels."""
    if evidence.p_domain < LEVEL:
        return "label" if evidence.p_after_reweighting >= LEVEL else "covariate"
    return "concept" if few and evidence.p_concept[few] < LEVEL else "none"


def _domain_on_training_rows(e: Evidence) -> str:
    if e.p_domain_on_training_rows < LEVEL:
        return "label" if e.p_after_reweighting >= LEVEL else "covariate"
    return "concept" if e.p_concept[100] < LEVEL else "none"


def _no_reweighting(e: Evidence) -> str:
    if e.p_domain < LEVEL:
        return "covariate"
    return "concept" if e.p_concept[100] < LEVEL else "none"


def _accuracy_alone(e: Evidence) -> str:
    return "concept" if e.p_accuracy[100] < LEVEL else "none"


WRONG: dict[str, Callable[[Evidence], str]] = {
    "domain classifier scored on its training rows, 100 labels": _domain_on_training_rows,
    "every change of P(x) called covariate, 100 labels": _no_reweighting,
    "a drop of accuracy alone, 100 labels": _accuracy_alone,
}


def draw(kind: str, strength: float, rng: np.random.Generator) -> Draw:
    """One case of a kind; `strength` 0 to 1 is how far the target is from the source."""
    centres = rng.normal(0, 1, (CLASSES, DIMENSIONS))
    even = np.full(CLASSES, 1 / CLASSES)
    x, y = _sample(centres, even, ROWS, rng)
    proportions = even
    if kind == "label":
        favoured = np.eye(CLASSES)[rng.integers(CLASSES)]
        proportions = (1 - strength) * even + strength * favoured
    tx, ty = _sample(centres, proportions, ROWS * (10 if kind == "covariate" else 1), rng)
    if kind == "covariate":
        # Drawn again with weights that depend on x alone: P(y|x) stays exactly as it was.
        direction = rng.normal(size=DIMENSIONS)
        along = tx @ direction / np.linalg.norm(direction)
        weights = np.exp(2 * strength * along)
        rows = rng.choice(len(tx), ROWS, replace=False, p=weights / weights.sum())
        tx, ty = tx[rows], ty[rows]
    if kind == "concept":
        direction = rng.normal(size=DIMENSIONS)
        along = tx @ direction
        exchanged = (along > np.median(along)) & (rng.random(ROWS) < strength)
        ty = np.where(exchanged, (ty + 1) % CLASSES, ty)
    return Draw(kind, x, y, tx, ty)


def gather(case: Draw, rng: np.random.Generator) -> Evidence:
    """Run every test on one draw."""
    half = ROWS // 2
    model = LogisticRegression().fit(case.x[:half], case.y[:half])
    proportions = target_proportions(model, case.x[half:], case.y[half:], case.target_x)
    weights = proportions[case.y] / np.bincount(case.y, minlength=CLASSES)[case.y]
    # Rejection keeps every row at most once: a copy in two folds would be recognised.
    again = rng.random(ROWS) < weights / weights.max()
    accuracy = model.score(case.x[half:], case.y[half:])
    p_concept, p_accuracy = {}, {}
    for few in FEW[1:]:
        # The target rows are in random order, so that the first are as good as any.
        x, y = case.target_x[:few], case.target_y[:few]
        hits = int((model.predict(x) == y).sum())
        expected = float(model.predict_proba(x).max(1).mean())
        p_concept[few] = float(binom.cdf(hits, few, expected))
        p_accuracy[few] = float(binom.cdf(hits, few, accuracy))
    return Evidence(
        p_domain=two_sample(case.x, case.target_x),
        p_domain_on_training_rows=two_sample(case.x, case.target_x, on_training_rows=True),
        p_after_reweighting=two_sample(case.x[again], case.target_x),
        p_concept=p_concept,
        p_accuracy=p_accuracy,
    )


def two_sample(a: Rows, b: Rows, *, on_training_rows: bool = False) -> float:
    """p-value of "a and b come from one distribution", by how well a classifier tells them apart.

    Balanced accuracy of a quadratic logistic regression on held-out folds, compared with 1/2 by the normal
    approximation. Source: Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests".
    """
    x = _quadratic(np.concatenate([a, b]))
    x = (x - x.mean(0)) / x.std(0)
    y = np.repeat([0, 1], [len(a), len(b)])
    right = np.zeros(len(y), dtype=bool)
    for fit, held_out in StratifiedKFold(5, shuffle=True, random_state=0).split(x, y):
        model = LogisticRegression(C=0.1, class_weight="balanced").fit(x[fit], y[fit])
        rows = np.arange(len(y)) if on_training_rows else held_out
        right[rows] = model.predict(x[rows]) == y[rows]
    balanced = (right[y == 0].mean() + right[y == 1].mean()) / 2
    spread = np.sqrt((0.25 / len(a) + 0.25 / len(b)) / 4)
    return float(norm.sf((balanced - 0.5) / spread))


def target_proportions(model: LogisticRegression, x: Rows, y: Labels, target_x: Rows) -> Rows:
    """Class proportions of the target, from the confusion matrix on held-out source rows and target predictions.

    Source: Lipton et al. 2018, "Detecting and correcting for label shift with black box predictors".
    """
    predicted = model.predict(x)
    confusion = np.array([[np.mean(predicted[y == c] == k) for c in range(CLASSES)] for k in range(CLASSES)])
    shares = np.bincount(model.predict(target_x), minlength=CLASSES) / len(target_x)
    solved = np.clip(np.linalg.lstsq(confusion, shares, rcond=None)[0], 1e-6, None)
    return solved / solved.sum()


def _sample(centres: Rows, proportions: Rows, n: int, rng: np.random.Generator) -> tuple[Rows, Labels]:
    y = rng.choice(CLASSES, n, p=proportions)
    return centres[y] + rng.normal(0, 1, (n, DIMENSIONS)), y


def _quadratic(x: Rows) -> Rows:
    i, j = np.triu_indices(x.shape[1])
    return np.concatenate([x, x[:, i] * x[:, j]], axis=1)


def _share(said: list[str], draws: list[Draw]) -> float:
    return sum(s == d.kind for s, d in zip(said, draws, strict=True)) / len(draws)


EFFECTS = (Effect("examination", grid(strength=[0.25, 0.5, 0.75]), examine),)
