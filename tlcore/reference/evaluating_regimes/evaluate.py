"""What a classifier does on a set of pictures, beside what a constant answer would do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.models import logits_of


def evaluate(model: nn.Module, loader: Iterable[tuple[Tensor, Tensor]]) -> dict[str, Any]:
    """Metrics over all pictures of `loader`, and those of a constant answer. The model is left as it was."""
    # 1. remember the mode of every part of the model; eval mode
    # 2. one pass without gradients: keep the logits and the labels of every batch
    # 3. give every part its mode back
    # 4. the confusion matrix: how often was class i taken for class j?
    # 5. all numbers from the logits, the labels and the matrix
    ### BEGIN SOLUTION
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    with torch.no_grad():
        batches = [(logits_of(model(x)), y) for x, y in loader]
    for part, training in modes:
        part.training = training
    logits, labels = (torch.cat(parts) for parts in zip(*batches, strict=True))
    n, n_classes = logits.shape
    pairs = n_classes * labels + logits.argmax(1)  # a number for each pair of true class and answer
    confusion = torch.bincount(pairs, minlength=n_classes**2).view(n_classes, n_classes)
    hits, of_class, as_class = confusion.diagonal(), confusion.sum(1), confusion.sum(0)
    f1 = 2 * hits / (of_class + as_class).clamp(min=1)  # TP / (TP + FP/2 + FN/2)
    return {
        "n": n,
        "loss": F.cross_entropy(logits, labels).item(),
        "confusion": confusion,
        "accuracy": hits.sum().item() / n,
        "macro_f1": f1.mean().item(),
        "majority": of_class.max().item() / n,
    }
    ### END SOLUTION
