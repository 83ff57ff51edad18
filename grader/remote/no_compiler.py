"""torch without its compiler: there is none in the sandbox, and what it would compile gives the same numbers.

The default backend writes C++ and calls a compiler on it, over twenty seconds for two lines; inside the walls there is
neither a compiler nor a place for what it makes. Optimizers that compile nothing do without `torch._dynamo`, too: 800
modules, which take longer to import than torch itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
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
    optimizers_without_compiler()


def optimizers_without_compiler() -> None:
    """Let torch's optimizers step without importing the compiler, which they only tell where not to compile.

    Of another version of torch, what is not built like this stays as it is.
    """
    for optimizer in vars(torch.optim).values():
        if isinstance(optimizer, type) and issubclass(optimizer, torch.optim.Optimizer):
            for name, method in list(vars(optimizer).items()):
                function = getattr(method, "__wrapped__", None)
                if not isinstance(method, FunctionType) or not isinstance(function, FunctionType):
                    continue
                if method.__code__.co_name == "_use_grad":  # torch.optim.optimizer._use_grad_for_differentiable
                    setattr(optimizer, name, _stepping(function))
                elif method.__module__ == optimizer.__module__ and method.__code__.co_name == "inner":
                    function.__dynamo_disable = function  # type: ignore[attr-defined]  # where torch._compile looks


def _stepping(function: Callable[..., Any]) -> Callable[..., Any]:
    """An optimizer's step with gradients switched off, unless it is to be differentiated."""

    @functools.wraps(function)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = torch.is_grad_enabled()
        try:
            torch.set_grad_enabled(self.defaults["differentiable"])
            return function(self, *args, **kwargs)
        finally:
            torch.set_grad_enabled(before)

    return step
