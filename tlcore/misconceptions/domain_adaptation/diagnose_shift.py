"""Wrong ideas about `diagnose_shift`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.preprocessing import PolynomialFeatures, scale

from tlcore.misconceptions.registry import misconception
from tlcore.reference.domain_adaptation.diagnose_shift import diagnose_shift as sound

Array = NDArray[np.float64]


def _drop(source_x: Array, source_y: Array, x: Array, y: Array) -> float:
    """By how many standard deviations there are fewer hits on x than on held-out rows of the source."""
    if not len(y):
        return 0.0
    half = len(source_y) // 2
    model = LogisticRegression().fit(source_x[:half], source_y[:half])
    usual, hits = model.score(source_x[half:], source_y[half:]), model.score(x, y)
    return float((usual - hits) / np.sqrt(usual * (1 - usual) * (1 / len(y) + 1 / half)))


@misconception(asks="On which rows is your domain classifier scored? What would it say of two halves of one set?")
def scored_on_its_training_rows(source_x: Array, source_y: Array, target_x: Array, few_x: Array, few_y: Array) -> str:
    """The domain classifier is scored on the rows that it was fitted on: a shift everywhere, which nothing explains."""
    x, domain = np.concatenate([source_x, target_x]), np.repeat([0, 1], [len(source_x), len(target_x)])
    x = scale(PolynomialFeatures(2, include_bias=False).fit_transform(x))
    right = RidgeClassifier(class_weight="balanced").fit(x, domain).predict(x) == domain
    balanced = (right[domain == 0].mean() + right[domain == 1].mean()) / 2
    if balanced > 0.52:
        return "covariate"  # for the thinned source it sees a shift as well
    return sound(source_x, source_y, target_x, few_x, few_y)


@misconception(asks="P(x) can change because the classes come in other proportions. What is that called?")
def every_change_called_covariate(source_x: Array, source_y: Array, target_x: Array, few_x: Array, few_y: Array) -> str:
    """Every change of P(x) is called covariate shift."""
    said = sound(source_x, source_y, target_x, few_x, few_y)
    return "covariate" if said == "label" else said


@misconception(asks="Covariate shift, too, changes how often each class is predicted. What else did you look at?")
def every_change_called_label(source_x: Array, source_y: Array, target_x: Array, few_x: Array, few_y: Array) -> str:
    """Predicted proportions differ, so it is called label shift."""
    said = sound(source_x, source_y, target_x, few_x, few_y)
    return "label" if said == "covariate" else said


@misconception(asks="The accuracy dropped. Which of the kinds can do that, and which can leave it as it is?")
def drop_of_accuracy_alone(source_x: Array, source_y: Array, target_x: Array, few_x: Array, few_y: Array) -> str:
    """Concept shift if there are fewer hits on the few labels, otherwise none."""
    return "concept" if _drop(source_x, source_y, few_x, few_y) > 2 else "none"


@misconception(asks="If P(x) is the same, can P(y|x) still have changed? Which of your inputs would tell?")
def few_labels_not_used(source_x: Array, source_y: Array, target_x: Array, few_x: Array, few_y: Array) -> str:
    """No change of P(x) is called no shift."""
    return sound(source_x, source_y, target_x, few_x[:0], few_y[:0])


@misconception(asks="Give your procedure two samples of one and the same source. What does it say, and how often?")
def always_a_shift(source_x: Array, source_y: Array, target_x: Array, few_x: Array, few_y: Array) -> str:
    """It never says that there is none."""
    said = sound(source_x, source_y, target_x, few_x, few_y)
    return "concept" if said == "none" else said


@misconception(asks="Of 900 rows 600 are of the source. How often is somebody right who says 'source' each time?")
def half_is_guessing(source_x: Array, source_y: Array, target_x: Array, few_x: Array, few_y: Array) -> str:
    """The domain classifier counts as better than guessing above one half, however many rows each side has."""
    share: Any = max(len(source_x), len(target_x)) / (len(source_x) + len(target_x))
    said = sound(source_x, source_y, target_x, few_x, few_y)
    return "label" if share > 0.55 and said in ("none", "concept") else said
