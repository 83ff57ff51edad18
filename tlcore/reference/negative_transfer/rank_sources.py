"""Which pre-trained network to start from, decided by the few labelled pictures of the target alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor


def rank_sources(candidates: Sequence[Any], target_few: tuple[Tensor, Tensor]) -> list[str]:
    """The names of the candidates, the best source first."""
    # 1. features of the few pictures: normalised by the candidate's card, in eval mode, without gradients
    # 2. a score for each candidate, from pictures that whatever gives the score was not fitted on
    # 3. the names, the highest score first
    ### BEGIN SOLUTION
    images, labels = target_few
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    scores = {}
    for candidate in candidates:
        mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (candidate.mean, candidate.std))
        with torch.no_grad():
            features = candidate.body.eval()((images - mean) / std).numpy()
        probe = make_pipeline(StandardScaler(), RidgeClassifier(alpha=10.0))
        scores[candidate.name] = cross_val_score(probe, features, labels.numpy(), cv=folds).mean()
    return sorted(scores, key=lambda name: scores[name], reverse=True)
    ### END SOLUTION
