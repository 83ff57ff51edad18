"""What an exercise is judged by, as a short digest: a result whose digest differs is graded again.

Whole folders are hashed and nothing is imported, so that a run that only resumes stays quick.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.exercise.catalogue import ROOT, course_folder
from grader.hidden.registry import topic_of

ENGINE = (
    "grader/grading/notebook_answers.py",
    "grader/grading/submission.py",
    "grader/hidden",
    "grader/judging",
    "grader/remote",
    "grader/sandbox/inside",
    "grader/student",
    "grader/submissions/notebook.py",
    "tlcore",
)
"""Files and folders that decide points and messages."""
INDIFFERENT = ("tlcore/check", "tlcore/checks", "tlcore/machine")
"""What lies in these folders and decides nothing: learners ask it themselves."""

_CELL = re.compile(r"^# %%", re.MULTILINE)
_HEADING = re.compile(r"^# #.*$", re.MULTILINE)


@cache
def judged_by(exercise: str, root: Path = ROOT) -> str:
    """The digest of the sources that decide points and messages of `exercise`, 16 hexadecimal digits.

    Remembered for the life of the process: modules, once imported, do not change either.
    """
    digest = hashlib.sha256()
    for path in sources(topic_of(exercise), root):
        digest.update(f"{path.relative_to(root).as_posix()} {_digest(path)} ".encode())
    solution = course_folder(root) / "solutions" / f"{exercise}.py"
    if solution.is_file():
        digest.update(_questions(solution.read_text(encoding="utf-8", errors="replace")).encode())
    return digest.hexdigest()[:16]


@cache
def files_of(exercise: str, root: Path = ROOT) -> dict[str, str]:
    """What that digest is of: path -> digest, 16 hexadecimal digits each. The solution file counts by its headings and
    answer cells."""
    files = {path.relative_to(root).as_posix(): _digest(path)[:16] for path in sources(topic_of(exercise), root)}
    solution = course_folder(root) / "solutions" / f"{exercise}.py"
    if solution.is_file():
        asked = _questions(solution.read_text(encoding="utf-8", errors="replace"))
        files[f"solutions/{exercise}.py"] = hashlib.sha256(asked.encode()).hexdigest()[:16]
    return files


def sources(topic: str, root: Path) -> Iterator[Path]:
    """The files that count for a topic, in one order: all of the folders but what belongs to another topic alone."""
    others = {path.stem[3:] for path in (course_folder(root) / "solutions").glob("*.py")} - {topic}
    for name in ENGINE:
        for path in sorted(_files(root / name)):
            parts = path.relative_to(root).with_suffix("").parts
            indifferent = any(path.is_relative_to(root / folder) for folder in INDIFFERENT)
            if not indifferent and others.isdisjoint(parts):
                yield path


def _files(place: Path) -> list[Path]:
    """A file, or the sources below a folder. A checkpoint counts by its card and name: its weights are large."""
    if place.is_file():
        return [place]
    return [path for path in place.rglob("*") if path.suffix in (".py", ".json")]


@cache
def _digest(path: Path) -> str:
    """Exercises share most files."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _questions(solution: str) -> str:
    """Of a solution file, what judging asks: headings, and the answer cells with their options. Prose may change."""
    cells = _CELL.split(solution)
    return "\n".join([*_HEADING.findall(solution), *(c for c in cells if "question=" in c.partition("\n")[0])])
