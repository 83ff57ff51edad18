"""`torch.compile` without a compiler: there is none in the sandbox, and what it would compile gives the same numbers.

The default backend writes C++ and calls a compiler on it, over twenty seconds for two lines; inside the walls there is
neither a compiler nor a place for what it makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def run_eagerly(model: Any = None, *_: Any, **__: Any) -> Any:
    """In place of `torch.compile`, as a function and as a decorator: the function or module itself."""
    if model is None:
        decorate: Callable[[Any], Any] = lambda function: function  # noqa: E731
        return decorate
    return model


def install() -> None:
    """Let everything in this process run eagerly."""
    torch.compile = run_eagerly
