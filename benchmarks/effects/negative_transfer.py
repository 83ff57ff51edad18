"""Notebook 10: what five sources of equal size are worth to one target, and which cheap measures can tell beforehand.

Sources: small networks pre-trained on drawn digits. Target: digits that people wrote, few labels per class.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from scipy.stats import kendalltau
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from benchmarks.effects.backbone import PILOT_SEEDS
from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.data import ImageSet, real_digits
from tlcore.pretraining.sources import TASKS, WIDTHS, Candidate, digit_sources, scratch_body
from tlcore.training import accuracy, linear_probe, predict, train

LABELS = (5, 20)
"""Labels per class of the target."""
UPDATES = 100
RATES = (1e-3, 3e-3, 1e-2)
RATE = 1e-2
"""The best mean of the pilot for every start, with 5 labels and with 20."""
SCRATCH = "scratch"
Array = np.ndarray


def pilot(setting: Setting, seed: int) -> Values:
    """Accuracy of a fine-tuned network on target pictures that are neither trained nor tested on."""
    few, rest = _few(seed, setting["labels"]), real_digits("train", seed)
    held_out = rest[~torch.isin(rest.groups, few.groups)]
    return {"accuracy": _tuned(setting["start"], few, held_out, seed, setting["rate"])}


def arms(setting: Setting, seed: int) -> Values:
    """Test accuracy of the target: the body as it is under the best linear head, and all weights fine-tuned."""
    few, test = _few(seed, setting["labels"]), real_digits("test", seed)
    candidate = _start(setting["start"], seed)
    x, test_x = (_features(candidate, data) for data in (few, test))
    frozen = accuracy(linear_probe(x, few.labels, 10), (test_x, test.labels))
    return {
        "frozen": frozen,
        "fine-tuned": _tuned(setting["start"], few, test, seed, RATE),
        "on its own task": candidate.accuracy,
    }


def ranking(setting: Setting, seed: int) -> Values:
    """How well one measure, which sees the few labels only, orders the sources as their test accuracy does."""
    truth = {way: [_arms(name, seed, setting["labels"])[way] for name in TASKS] for way in ("frozen", "fine-tuned")}
    few = _few(seed, setting["labels"])
    said = [MEASURES[setting["measure"]](candidate, few) for candidate in _sources(seed)]
    values: Values = {}
    for way, accuracies in truth.items():
        # A measure that holds all sources for equally good gives no order.
        values[f"tau, {way}"] = float(kendalltau(said, accuracies).statistic) if len(set(said)) > 1 else 0.0
        # Sources that a measure holds for equally good are chosen among at random.
        best = [a for a, score in zip(accuracies, said, strict=True) if score == max(said)]
        values[f"lost, {way}"] = max(accuracies) - sum(best) / len(best)
    for name, score in zip(TASKS, said, strict=True):
        values[f"rank of {name}"] = 1.0 + sum(other > score for other in said)
    return values


def probe_cv(candidate: Candidate, few: ImageSet) -> float:
    """Accuracy of a linear head on held-out folds."""
    x, y = _arrays(candidate, few)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return float(cross_val_score(LogisticRegression(max_iter=1000), _scaled(x), y, cv=folds).mean())


def probe_on_training_rows(candidate: Candidate, few: ImageSet) -> float:
    """Accuracy of a linear head on the rows that it was fitted on."""
    x, y = _arrays(candidate, few)
    return float(LogisticRegression(max_iter=1000).fit(_scaled(x), y).score(_scaled(x), y))


def knn(candidate: Candidate, few: ImageSet) -> float:
    """Accuracy of the three nearest other pictures."""
    x, y = _arrays(candidate, few)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return float(cross_val_score(KNeighborsClassifier(3), _scaled(x), y, cv=folds).mean())


def logme(candidate: Candidate, few: ImageSet) -> float:
    """Evidence of a Bayesian linear regression of each class on the features, averaged (You et al. 2021)."""
    x, y = _arrays(candidate, few)
    n, d = x.shape
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    s2 = s**2
    total = 0.0
    for c in np.unique(y):
        t = (y == c).astype(float)
        projected = u.T @ t
        rest = float(t @ t - projected @ projected)
        alpha = beta = 1.0
        for _ in range(100):
            gamma = float((beta * s2 / (alpha + beta * s2)).sum())
            m2 = float(((beta * s * projected / (alpha + beta * s2)) ** 2).sum())
            residual = rest + float(((alpha * projected / (alpha + beta * s2)) ** 2).sum())
            new = gamma / (m2 + 1e-12), (n - gamma) / (residual + 1e-12)
            done = abs(new[0] / new[1] - alpha / beta) < 1e-3 * alpha / beta
            alpha, beta = new
            if done:
                break
        m2 = float(((beta * s * projected / (alpha + beta * s2)) ** 2).sum())
        residual = rest + float(((alpha * projected / (alpha + beta * s2)) ** 2).sum())
        logdet = float(np.log(alpha + beta * s2).sum()) + (d - len(s)) * np.log(alpha)
        total += 0.5 * (
            d * np.log(alpha) + n * np.log(beta) - logdet - beta * residual - alpha * m2 - n * np.log(2 * np.pi)
        )
    return total / (n * len(np.unique(y)))


def leep(candidate: Candidate, few: ImageSet) -> float:
    """Log likelihood of the labels, given what the source's own head says (Nguyen et al. 2020)."""
    with torch.no_grad():
        said = candidate.head(_features(candidate, few)).softmax(1).double().numpy()
    y = few.labels.numpy()
    joint = np.array([said[y == c].sum(0) for c in range(10)]) / len(y)
    conditional = joint / (joint.sum(0, keepdims=True) + 1e-12)
    return float(np.log((said * conditional[y]).sum(1) + 1e-12).mean())


def h_score(candidate: Candidate, few: ImageSet) -> float:
    """Variance of the class means relative to that of the features (Bao et al. 2019)."""
    x, y = _arrays(candidate, few)
    x = x - x.mean(0)
    means = np.stack([x[y == c].mean(0) for c in np.unique(y)])[np.searchsorted(np.unique(y), y)]
    return float(np.trace(np.linalg.pinv(np.cov(x.T), rcond=1e-4) @ np.cov(means.T)))


MEASURES: dict[str, Callable[[Candidate, ImageSet], float]] = {
    "source accuracy": lambda candidate, few: candidate.accuracy,
    "size": lambda candidate, few: float(candidate.parameters),
    "probe on its training rows": probe_on_training_rows,
    "probe, cross-validated": probe_cv,
    "kNN": knn,
    "LogME": logme,
    "LEEP": leep,
    "H-score": h_score,
}


@lru_cache(maxsize=2)
def _sources(seed: int) -> list[Candidate]:
    return digit_sources(seed, progress=False)


@lru_cache(maxsize=64)
def _arms(start: str, seed: int, labels: int) -> Values:
    return arms({"start": start, "labels": labels}, seed)


def _start(name: str, seed: int) -> Candidate:
    """A source; or random weights, with the card of "digits", since drawn digits need no labels to be measured."""
    sources = {candidate.name: candidate for candidate in _sources(seed)}
    if name != SCRATCH:
        return sources[name]
    card, body = sources["digits"], scratch_body(seed)
    return Candidate(name, body, nn.Identity(), card.mean, card.std, 0.1, card.parameters)


def _few(seed: int, labels: int) -> ImageSet:
    return real_digits("train", seed).few(labels, seed)


def _features(candidate: Candidate, data: ImageSet) -> torch.Tensor:
    return predict(candidate.body, data.normalised(candidate.mean, candidate.std).images)


def _arrays(candidate: Candidate, few: ImageSet) -> tuple[Array, Array]:
    return _features(candidate, few).double().numpy(), few.labels.numpy()


def _scaled(x: Array) -> Array:
    return (x - x.mean(0)) / (x.std(0) + 1e-6)


def _tuned(start: str, few: ImageSet, test: ImageSet, seed: int, rate: float) -> float:
    candidate = _start(start, seed)
    torch.manual_seed(seed)
    model = nn.Sequential(copy.deepcopy(candidate.body), nn.Linear(WIDTHS[-1], 10))
    few, test = (data.normalised(candidate.mean, candidate.std) for data in (few, test))
    train(model, few, steps=UPDATES, lr=rate, cosine=True, seed=seed, progress=False)
    return accuracy(model, test)


STARTS = (SCRATCH, *TASKS)
EFFECTS = (
    Effect("pilot", grid(labels=LABELS, start=STARTS, rate=RATES), pilot, PILOT_SEEDS),
    Effect("arms", grid(labels=LABELS, start=STARTS), arms),
    Effect("ranking", grid(labels=LABELS, measure=list(MEASURES)), ranking),
)
