"""Which questions have public checks: the check of `freeze` is `check` in `tlcore/checks/<topic>/freeze.py`.

The names of files say it, so that asking for one question imports one module.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from typing import Any

CHECKS = "tlcore.checks"
SHARED = "setups"
"""The module of a topic that has what its checks share, and no check."""


def known_questions(package: str = CHECKS) -> dict[str, list[str]]:
    """Topic -> ids of its questions, by name. Empty if the package is not there or holds no topics."""
    found = {}
    for topic in _modules(package):
        questions = [name for name in _modules(f"{package}.{topic}") if name != SHARED]
        if questions:
            found[topic] = questions
    return found


def find_check(question: str, package: str = CHECKS) -> Callable[..., Any] | None:
    """The public check of a question; None if no topic has one. Import errors pass through."""
    for topic, questions in known_questions(package).items():
        if question in questions:
            return importlib.import_module(f"{package}.{topic}.{question}").check
    return None


def _modules(package: str) -> list[str]:
    try:
        spec = importlib.util.find_spec(package)
    except ImportError:
        return []
    if spec is None or spec.submodule_search_locations is None:
        return []
    return sorted(module.name for module in pkgutil.iter_modules(spec.submodule_search_locations))
