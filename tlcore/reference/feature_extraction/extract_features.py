"""Features of all pictures, computed once."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def extract_features(model: nn.Module, loader: Iterable[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Features (N, d) of every picture that `loader` gives, and its labels (N,), in one and the same order.

    `model.features(x)` is asked in eval mode and without a graph; afterwards the model is in the mode it was in.

    Source: Donahue et al. 2014, "DeCAF"; Sharif Razavian et al. 2014, "CNN features off-the-shelf".
    """
    was_training = model.training
    model.eval()
    features, labels = [], []
    with torch.no_grad():
        for x, y in loader:
            # Rows and labels come from the same batch: a shuffled loader gives another order in a second pass.
            features.append(model.features(x))  # type: ignore[operator]
            labels.append(y)
    model.train(was_training)
    return torch.cat(features), torch.cat(labels)
