"""What an exercise is judged by, as a short digest: a result whose digest differs is graded again.

Whole folders are hashed, and nothing is imported, so that a run that only resumes stays quick.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.exercise.model import ROOT, load_exercise
from grader.hidden.registry import topic_of

ENGINE = ("grader/grading", "grader/judging", "grader/remote", "grader/sandbox/inside", "grader/student")
"""Folders that decide points and messages in every exercise; of a folder of topics, what is shared by all of them."""
TOPICS = ("grader/hidden", "tlcore/reference", "tlcore/misconceptions", "tlcore/stand_ins", "grader/remote/tools")
"""Folders with a part for each topic, of which an exercise needs its own."""
OPEN = ("tlcore/checkpoints", "tlcore/data", "tlcore/models", "tlcore/training.py", "tlcore/loading.py")
"""Models and data that hidden tests are made of."""


@cache
def judged_by(exercise: str, root: Path = ROOT) -> str:
    """The digest of the sources that decide points and messages of `exercise`, 16 hexadecimal digits.

    Remembered for the life of the process: modules, once imported, do not change either.
    """
    digest = hashlib.sha256()
    for path in sorted(set(_sources(topic_of(exercise), root))):
        digest.update(f"{path.relative_to(root).as_posix()} {_digest(path)} ".encode())
    for question in load_exercise(exercise, root).questions if _has_solution(exercise, root) else ():
        digest.update(repr((question.id, question.title, question.points, question.defines)).encode())
        digest.update(question.blank_source.encode())
    return digest.hexdigest()[:16]


def _has_solution(exercise: str, root: Path) -> bool:
    return (root / "solutions" / f"{exercise}.py").is_file()


def _sources(topic: str, root: Path) -> Iterator[Path]:
    """The files that count: the engine, the open part of tlcore, and of the folders of topics this one and what is
    shared (modules right in the folder that are no topic's)."""
    for name in (*ENGINE, *OPEN):
        for path in _files(root / name):
            if not any(path.is_relative_to(root / folder) for folder in TOPICS):
                yield path
    topics = {exercise[3:] for exercise in _exercises(root)}
    for name in TOPICS:
        folder = root / name
        for path in folder.glob("*.py"):
            if path.stem == topic or path.stem not in topics:
                yield path
        yield from _files(folder / topic)


def _exercises(root: Path) -> list[str]:
    return [path.stem for path in (root / "solutions").glob("*.py")]


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return [path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


@cache
def _digest(path: Path) -> str:
    """Exercises share most files."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
