"""What hidden tests do with models besides calling the learner's functions: build, train, read and set tensors.

They run where the models are, beside the learner's code, so nothing here decides anything: they only produce numbers.
One module has what the questions of one topic need, the others what several topics share.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

TOOLS: dict[str, Callable[..., Any]] = {}
"""The tools by name: `student.tools.<name>` of a hidden test."""


def tool(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function a tool. Raises ValueError for a name that is taken."""
    name = function.__name__
    if name in TOOLS:
        raise ValueError(f"there is a tool {name!r} in {TOOLS[name].__module__} already; choose another name")
    TOOLS[name] = function
    return function


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
