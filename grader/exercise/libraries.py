"""Which packages a session of an exercise will import, read from sources: what is slow to import is imported once,
before there are sessions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.exercise.catalogue import ROOT, course_folder, exercise_names

_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+(\w[\w., \t]*))", re.MULTILINE)
_IMPORT_IN_NOTEBOOK = re.compile(rb'(?:"|\\n)(?:[ \t]|\\t)*(?:from|import)[ \t]+(\w+)')
_MODELS_OF_TRANSFORMERS = re.compile(r"\btiny_(?:resnet|vit|llama|bert|gpt2)\b|\.model\(")
"""Functions of `tlcore.models` that build a model of that library, and the zoo's, which may."""


def imported_by(names: Iterable[str], root: Path = ROOT) -> set[str]:
    """The packages that the notebooks of these exercises, and what judges them, import by name. Other names count for
    nothing."""
    known = set(exercise_names(root))
    return {package for name in names if name in known for package in _of_exercise(name, root)}


def imported_in(notebook: bytes) -> set[str]:
    """The packages that a notebook's file seems to import. It is a stranger's, so it is searched, not read; a text cell
    that begins a line with `import x` counts too, which costs time and nothing else."""
    return {name.decode() for name in _IMPORT_IN_NOTEBOOK.findall(notebook)}


def _of_exercise(name: str, root: Path) -> Iterator[str]:
    solution = course_folder(root) / "solutions" / f"{name}.py"
    tools = root / "grader" / "remote" / "tools" / f"{name[3:]}.py"
    for path in (solution, tools):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            for package, several in _IMPORT.findall(text):
                yield from [package] if package else (word.split(".")[0].strip() for word in several.split(","))
    judging = [tools, *sorted((root / "grader" / "hidden" / name[3:]).glob("*.py"))]
    if any(_MODELS_OF_TRANSFORMERS.search(path.read_text(encoding="utf-8")) for path in judging if path.is_file()):
        yield "transformers"
