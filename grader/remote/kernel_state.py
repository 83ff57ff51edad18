"""What a kernel holds beside its names: torch's defaults and modes, NumPy's, warnings.

An answer may set them, in Jupyter for all that follows. Here each question starts from those of a fresh kernel.
"""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import torch

_Setting = tuple[Callable[[], Any], Callable[[Any], object]]


def _deterministic() -> tuple[bool, bool]:
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _set_deterministic(value: tuple[bool, bool]) -> None:
    torch.use_deterministic_algorithms(value[0], warn_only=value[1])


def _device() -> torch.device | None:
    # None where nobody has set one: torch.get_default_device makes a tensor to find out.
    context = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    return None if context is None else context.device


def _set_filters(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _set_recursion_limit(limit: int) -> None:
    with suppress(RecursionError):  # deeper than that at this moment
        sys.setrecursionlimit(limit)


def _set_collecting(collects: bool) -> None:
    (gc.enable if collects else gc.disable)()


_SETTINGS: tuple[_Setting, ...] = (
    (_device, torch.set_default_device),
    (torch.get_default_dtype, torch.set_default_dtype),
    (torch.is_grad_enabled, torch.set_grad_enabled),
    (_deterministic, _set_deterministic),
    (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
    (lambda: torch.is_autocast_enabled("cpu"), lambda value: torch.set_autocast_enabled("cpu", value)),
    (torch.get_num_threads, torch.set_num_threads),
    (lambda: list(warnings.filters), _set_filters),
    (np.geterr, lambda value: np.seterr(**value)),
    (sys.getrecursionlimit, _set_recursion_limit),
    (gc.isenabled, _set_collecting),
)

State = list[Any]


def now() -> State:
    """The settings at this moment, each of them a plain value that can be compared."""
    return [get() for get, _ in _SETTINGS]


def restore(state: State) -> None:
    """Settings as they were; only what differs is set."""
    for (get, put), value in zip(_SETTINGS, state, strict=True):
        if get() != value:
            put(value)


@contextmanager
def kept() -> Iterator[None]:
    """What the block sets is as before after it."""
    before = now()
    try:
        yield
    finally:
        restore(before)


@contextmanager
def as_in(state: State) -> Iterator[None]:
    """The block runs with the settings of `state`; afterwards those from before are back."""
    with kept():
        restore(state)
        yield
