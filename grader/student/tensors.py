"""Tensors from what an answer gave: an array or nested lists will do where a tensor is due."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def as_tensor(value: Any) -> torch.Tensor:
    """A tensor from a tensor, an array, or lists of numbers or of tensors. Raises TypeError for anything else."""
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, torch.Tensor) for v in value):
        return torch.stack(list(value))
    if isinstance(value, (np.ndarray, list, tuple)) and not _has_texts(value):
        return torch.as_tensor(np.asarray(value))
    raise TypeError(f"a {type(value).__name__} where a tensor should be")


def _has_texts(value: Any) -> bool:
    """Whether there is a text among numbers: in an array, every one of them would take as much space as the longest."""
    return isinstance(value, (str, bytes)) or (isinstance(value, (list, tuple)) and any(map(_has_texts, value)))
