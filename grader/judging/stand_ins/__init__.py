"""Sound parts in place of a learner's failed ones, one module for each topic that has any.

They are nowhere in the sandbox: a notebook that could import them would have answers. When a later question is to be
judged with some, their source goes into a fresh session, which judges that question and ends. What a module lists in
`__all__` are its stand-ins; it may import what is visible in the sandbox, and nothing else.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_TOPICS: tuple[ModuleType, ...] = tuple(
    importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)
)

STAND_INS: dict[str, Any] = {name: getattr(topic, name) for topic in _TOPICS for name in topic.__all__}
"""The stand-ins by name."""


def sources_of(names: Sequence[str]) -> list[str]:
    """The sources, module by module, that define the stand-ins of these names. Raises KeyError for an unknown one."""
    if unknown := set(names) - STAND_INS.keys():
        raise KeyError(f"there is no stand-in {min(unknown)!r}")
    return [inspect.getsource(topic) for topic in _TOPICS if not set(names).isdisjoint(topic.__all__)]
