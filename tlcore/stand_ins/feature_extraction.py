"""Sound parts of notebook 02: enough for its ResNet and for loaders in a fixed order, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def freeze(module: nn.Module) -> nn.Module:
    """Stop the convolutions and norms of `module` from learning, in place; linear layers still learn. Returns it."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.BatchNorm2d):
            part.requires_grad_(False)
    return module


def replace_head(model: nn.Module, n_classes: int) -> nn.Module:
    """Put a new last layer into `model.classifier`, in place. Returns the model; ValueError for another layout."""
    classifier = getattr(model, "classifier", None)
    if not isinstance(classifier, nn.Sequential) or not hasattr(model, "base_model"):
        raise ValueError("the stand-in knows the ResNet of this notebook only")
    old = classifier[-1]
    classifier[-1] = nn.Linear(old.in_features, n_classes)  # type: ignore[arg-type]
    return model


def extract_features(model: nn.Module, loader: Iterable[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Features (N, d) and labels (N,), for a loader that does not shuffle. It leaves the model in eval mode."""
    model.eval()
    features = [model.features(x) for x, _ in loader]  # type: ignore[operator]
    return torch.cat(features), torch.cat([y for _, y in loader])
