"""Which questions have public checks, and in which module of `tlcore/checks`.

The names are read from the modules' source, so that asking for one question imports one topic, not all of them.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from typing import Any

CHECKS = "tlcore.checks"
_PREFIX = "check_"


def known_questions(package: str = CHECKS) -> dict[str, list[str]]:
    """Topic -> ids of its questions, in their order. Empty if the package is not there or holds no topics."""
    try:
        spec = importlib.util.find_spec(package)
    except ImportError:
        return {}
    if spec is None or spec.submodule_search_locations is None:
        return {}
    found = {}
    for module in sorted(pkgutil.iter_modules(spec.submodule_search_locations), key=lambda m: m.name):
        questions = _questions(f"{package}.{module.name}")
        if questions:
            found[module.name] = questions
    return found


def find_check(question: str, package: str = CHECKS) -> Callable[..., Any] | None:
    """The function `check_<question>` of the topic that has it; None if no topic has. Import errors pass through."""
    for topic, questions in known_questions(package).items():
        if question in questions:
            return getattr(importlib.import_module(f"{package}.{topic}"), _PREFIX + question)
    return None


def _questions(module: str) -> list[str]:
    spec = importlib.util.find_spec(module)
    loader = None if spec is None else spec.loader
    source = loader.get_source(module) if hasattr(loader, "get_source") else None  # type: ignore[union-attr]
    try:
        tree = ast.parse(source or "")
    except SyntaxError:
        return []  # one topic that is broken must not hide the others
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]
