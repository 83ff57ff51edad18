"""The answers of this project, right and wrong: the names that each of them defines."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from grader.exercise.catalogue import ROOT
from grader.exercise.model import Question
from grader.judging.answer_key import AnswerKey

ANSWERS = ROOT / "tests" / "answers"


def files(folder: Path, topic: str, question: str, kind: str) -> list[Path]:
    """The answers `right_*.py` or `wrong_*.py` to a question, by name."""
    return sorted((folder / topic / question).glob(f"{kind}_*.py"))


@cache
def surroundings(topic: str) -> dict[str, Any]:
    """What the cells around an answer offer it: all that the reference's modules define or import."""
    package = importlib.import_module(f"tlcore.reference.{topic}")
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return {name: value for module in modules for name, value in vars(module).items() if not name.startswith("__")}


def names_of(source: str, question: Question, key: AnswerKey, filename: str = "<answer>") -> dict[str, Any]:
    """The functions of an answer of this project, never a learner's: the reference's, then what the source defines.

    What the answer may use of the notebook around it (imports, earlier answers) is the reference module's. Whatever
    the source raises is raised.
    """
    names = {**surroundings(key.topic), "__name__": "__main__"}
    exec(compile(source, filename, "exec"), names)
    return names


def doing_nothing(question: Question) -> dict[str, dict[str, Any]]:
    """Answers that do nothing, by what they do instead."""

    def its_argument(*arguments: Any, **others: Any) -> Any:
        return arguments[0] if arguments else None

    def nothing(*arguments: Any, **others: Any) -> None:
        return None

    return {f.__name__.replace("_", " "): dict.fromkeys(question.defines, f) for f in (its_argument, nothing)}
