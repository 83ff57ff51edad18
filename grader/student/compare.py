"""Whether an observed value is the expected one. Only plain values come here: numbers, texts, tensors, containers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch


def same(observed: Any, expected: Any, atol: float = 0.0, rtol: float = 0.0) -> bool:
    """True where both have one structure and shape and every number is within `atol + rtol * |expected|`.

    NaN equals NaN only where both are NaN at the same place. Tensors and arrays compare by shape and value, and so do
    nested lists, entry by entry, for which an array will do; integer, boolean and floating dtypes compare by value.
    """
    if isinstance(expected, np.ndarray):
        expected = torch.from_numpy(expected)
    if isinstance(observed, np.ndarray):
        observed = torch.from_numpy(observed)
    observed, expected = _number(observed, expected), _number(expected, observed)
    if isinstance(expected, torch.Tensor):
        return isinstance(observed, torch.Tensor) and _same_tensor(observed, expected, atol, rtol)
    if isinstance(expected, bool) or isinstance(observed, bool):
        return isinstance(expected, (bool, int)) and isinstance(observed, (bool, int)) and observed == expected
    if isinstance(expected, (int, float)):
        return isinstance(observed, (int, float)) and _same_number(float(observed), float(expected), atol, rtol)
    if isinstance(expected, (list, tuple)):
        if isinstance(observed, torch.Tensor) and observed.ndim:  # an array of numbers in place of a list of them
            observed = observed.tolist()
        return (
            isinstance(observed, (list, tuple))
            and len(observed) == len(expected)
            and all(same(o, e, atol, rtol) for o, e in zip(observed, expected, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(observed, dict)
            and observed.keys() == expected.keys()
            and all(same(observed[k], expected[k], atol, rtol) for k in expected)
        )
    return type(observed) is type(expected) and observed == expected


def _number(value: Any, beside: Any) -> Any:
    """A numpy number as Python's; a tensor without dimensions too, where a plain number stands beside it."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, torch.Tensor) and value.ndim == 0 and isinstance(beside, (int, float, np.generic)):
        return value.item()
    return value


def _same_number(observed: float, expected: float, atol: float, rtol: float) -> bool:
    if math.isnan(observed) or math.isnan(expected):
        return math.isnan(observed) and math.isnan(expected)
    return observed == expected or abs(observed - expected) <= atol + rtol * abs(expected)


def _same_tensor(observed: torch.Tensor, expected: torch.Tensor, atol: float, rtol: float) -> bool:
    if observed.shape != expected.shape:
        return False
    if observed.dtype == expected.dtype and torch.equal(observed, expected):
        return True
    return torch.allclose(observed.double(), expected.double(), rtol=rtol, atol=atol, equal_nan=True)


def in_words(value: Any, budget: int = 160) -> str:
    """A value as a learner reads it: short, with the numbers that matter."""
    return _words(value)[:budget]


def _words(value: Any) -> str:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    if isinstance(value, torch.Tensor):
        if value.numel() == 1:
            return _words(value.item())
        numbers = ", ".join(_words(v) for v in value.flatten()[:4].tolist())
        more = ", …" if value.numel() > 4 else ""
        return f"{numbers}{more} (shape {' × '.join(map(str, value.shape))})"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_words(v) for v in value[:8]) + (", …]" if len(value) > 8 else "]")
    if isinstance(value, set):
        return _words(sorted(value, key=str))
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_words(v)}" for k, v in list(value.items())[:6]) + (", …" if len(value) > 6 else "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
