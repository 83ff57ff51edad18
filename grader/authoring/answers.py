"""The answers of this project, right and wrong: the names that each of them defines."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from grader.exercise.catalogue import ROOT
from grader.exercise.model import Exercise, Question
from grader.exercise.names_in_code import without_magics

ANSWERS = ROOT / "tests" / "answers"


def files(folder: Path, topic: str, question: str, kind: str) -> list[Path]:
    """The answers `right_*.py` or `wrong_*.py` to a question, by name."""
    return sorted((folder / topic / question).glob(f"{kind}_*.py"))


def around(exercise: Exercise) -> dict[str, Any]:
    """What an answer may use: what the notebook's cells import, and the reference's answers with what they import.

    Whatever an import raises is raised.
    """
    names: dict[str, Any] = {}
    for cell in exercise.cells:
        for node in ast.parse(without_magics(cell.source)).body if cell.role == "code" else ():
            if isinstance(node, ast.Import | ast.ImportFrom):
                exec(compile(ast.Module([node], []), str(exercise.path), "exec"), names)
    return {**names, **surroundings(exercise.topic)}


@cache
def surroundings(topic: str) -> dict[str, Any]:
    """All that the reference's modules define or import."""
    package = importlib.import_module(f"tlcore.reference.{topic}")
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return {name: value for module in modules for name, value in vars(module).items() if not name.startswith("__")}


def names_of(source: str, may_use: Mapping[str, Any], filename: str = "<answer>") -> dict[str, Any]:
    """The functions of an answer of this project, never a learner's: those it may use, then what the source defines.

    Whatever the source raises is raised.
    """
    names = {**may_use, "__name__": "__main__"}
    exec(compile(source, filename, "exec"), names)
    return names


def doing_nothing(question: Question) -> dict[str, dict[str, Any]]:
    """Answers that do nothing, by what they do instead."""

    def its_argument(*arguments: Any, **others: Any) -> Any:
        return arguments[0] if arguments else None

    def nothing(*arguments: Any, **others: Any) -> None:
        return None

    return {f.__name__.replace("_", " "): dict.fromkeys(question.defines, f) for f in (its_argument, nothing)}
