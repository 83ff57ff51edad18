"""What an exercise is judged by, as a short digest: a result whose digest differs is graded again.

Sources alone are read, and nothing is imported, so that a run that only resumes stays quick.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.exercise.model import ROOT
from grader.hidden.registry import topic_of

ENGINE = (
    "grader/grading/notebook_answers.py",
    "grader/grading/submission.py",
    "grader/judging/*.py",
    "grader/judging/stand_ins/*.py",
    "grader/remote/*.py",
    "grader/remote/tools/*.py",
    "grader/sandbox/inside/*.py",
    "grader/student/*.py",
    "grader/submissions/notebook.py",
)
"""What decides points and messages in every exercise."""
TOPIC = ("grader.hidden.{}", "tlcore.reference.{}", "tlcore.misconceptions.{}")
"""What decides them in one. What these modules and the engine import of FOLLOWED counts too: fixtures, models, data."""
FOLLOWED = ("grader/hidden", "tlcore")

# A line of a docstring that looks like an import costs a source too many, never one too few.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|.*)|import[ \t]+(.*))", re.MULTILINE
)
_CELL = re.compile(r"^# %%", re.MULTILINE)
_HEADING = re.compile(r"^# #.*$", re.MULTILINE)


@cache
def judged_by(exercise: str, root: Path = ROOT) -> str:
    """The digest of the sources that decide points and messages of `exercise`, 16 hexadecimal digits.

    Remembered for the life of the process: modules, once imported, do not change either.
    """
    digest = hashlib.sha256()
    for source in sorted(_sources(exercise, root)):
        digest.update(" ".join(source).encode())
    return digest.hexdigest()[:16]


def _sources(exercise: str, root: Path) -> Iterator[tuple[str, str]]:
    """Name and digest of each source that counts."""
    known = _modules(root)
    waiting = [path for pattern in ENGINE for path in root.glob(pattern)]
    waiting += [known[name] for name in (each.format(topic_of(exercise)) for each in TOPIC) if name in known]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        content, imported = _read(path, root)
        yield _module(path, root), content
        new = {known[name] for name in imported if name in known} - seen
        seen |= new
        waiting += new
    solution = root / "solutions" / f"{exercise}.py"
    if solution.is_file():
        yield "solution", _digest(_questions(solution.read_text(encoding="utf-8", errors="replace")).encode())


@cache
def _read(path: Path, root: Path) -> tuple[str, frozenset[str]]:
    """The digest of a module, and the names that it imports. Exercises share most of them."""
    data = path.read_bytes()
    names = _imported(_module(path, root), path.name == "__init__.py", data.decode("utf-8", "replace"))
    return _digest(data), frozenset(names)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _questions(solution: str) -> str:
    """Of a solution file, what judging asks: headings, and the answer cells with their options. Prose may change."""
    cells = _CELL.split(solution)
    return "\n".join([*_HEADING.findall(solution), *(c for c in cells if "question=" in c.partition("\n")[0])])


def _modules(root: Path) -> dict[str, Path]:
    """The file of each module that is followed, by the module's name."""
    return {_module(path, root): path for folder in FOLLOWED for path in (root / folder).rglob("*.py")}


def _module(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _imported(module: str, is_package: bool, source: str) -> Iterator[str]:
    """Names of modules that `source` imports, wherever in it, with their packages; some are names in a module."""
    for dots, start, names, plain in _IMPORT.findall(source):
        if plain:
            found = re.findall(r"[\w.]+", plain)
        else:
            parts = module.split(".")
            above = parts[: len(parts) - len(dots) + is_package] if dots else []
            package = ".".join([*above, *([start] if start else [])])
            found = [f"{package}.{name}" for name in re.findall(r"\w+", names)]
        for name in found:
            while name:
                yield name
                name = name.rpartition(".")[0]
