"""Which notebooks a folder of submissions holds: whose they are, for which exercise.

Takes `SUBMISSIONS/<learner>/<exercise>.ipynb`, and nbgrader's `submitted/<learner>/<assignment>/<notebook>.ipynb`. A
file that is a symbolic link is never followed: it may lead to another learner's work, or to the grader's own files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEPTH = 3
"""How deep below a learner's folder notebooks are looked for."""
_NOTEBOOK = re.compile(r"\.ipynb(\.json|\.txt)?$", re.IGNORECASE)
"""How a notebook's file name ends: some browsers and mail programs add what they take it for."""


class NoSubmissions(Exception):
    """The folder cannot be graded at all."""


@dataclass
class Found:
    """One learner's notebook for one exercise, or why there is none to grade."""

    learner: str
    exercise: str
    path: Path
    problem: str | None = None
    """Why it cannot be graded, in words for the instructor."""
    remarks: list[str] = field(default_factory=list)


def find_submissions(folder: Path, exercises: Sequence[str]) -> list[Found]:
    """Every submission below `folder`, sorted by learner and exercise. Raises NoSubmissions with what to do."""
    if not folder.is_dir():
        raise NoSubmissions(f"{folder} is not a folder: give the folder that holds one folder a learner")
    if (folder / "nbgrader_config.py").is_file():
        # Its source/ and release/ would be taken for learners, with full marks and none.
        raise NoSubmissions(f"{folder} is a course of nbgrader: give its submissions, {folder / 'submitted'}")
    found = [one for learner in _folders(folder) for one in _of_learner(learner, exercises)]
    if not found and _loose(folder):
        raise NoSubmissions(
            f"{folder} holds notebooks and no folder of a learner with one: give the folder above if this is one "
            "learner's, or put each notebook into a folder named after its learner"
        )
    if not found:
        raise NoSubmissions(
            f"{folder} holds no notebook at <learner>/<exercise>.ipynb; exercises are {', '.join(exercises)}"
        )
    return sorted(found, key=lambda f: (f.learner, f.exercise))


def passed_over(folder: Path, out: Path) -> list[str]:
    """A sentence for each entry of `folder` that may be a learner's and holds nothing to grade.

    out: where results go, which is no learner's if it lies in `folder`.
    """
    said = []
    if loose := _loose(folder):
        some = ", ".join(loose[:5]) + (f" and {len(loose) - 5} more" if len(loose) > 5 else "")
        said.append(f"{some}: not in a folder of a learner; put each into one that is named after its learner")
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        path, name = Path(entry.path), text_of(entry.name)
        if not entry.is_dir() or entry.name == ".ipynb_checkpoints" or path.resolve() == out.resolve():
            continue
        if entry.is_symlink():
            said.append(f"{name}: the folder is a symbolic link, which is not followed")
        elif entry.name.startswith("."):
            if next(_notebooks(path, DEPTH), None) is not None:
                said.append(f"{name}: the folder is hidden; rename it if it is a learner's")
        elif next(_notebooks(path, DEPTH), None) is None:
            there = ", ".join([text_of(e.name) for e in os.scandir(path) if e.name[0] != "."][:5])
            said.append(f"{name}: no notebook in this folder, " + (f"only {there}" if there else "which is empty"))
    return said


def _loose(folder: Path) -> list[str]:
    return sorted(text_of(e.name) for e in os.scandir(folder) if _NOTEBOOK.search(e.name) and e.is_file())


def _folders(folder: Path) -> list[Path]:
    return sorted(Path(e.path) for e in os.scandir(folder) if e.is_dir(follow_symlinks=False) and e.name[0] != ".")


def _of_learner(folder: Path, exercises: Sequence[str]) -> Iterator[Found]:
    name = text_of(folder.name)
    by_exercise: dict[str, list[Path]] = {}
    for path in _notebooks(folder, DEPTH):
        exercise = _exercise_of(path, exercises)
        if exercise is None:
            yield Found(
                name,
                text_of(path.stem),
                path,
                f"there is no exercise called {text_of(path.stem)}; exercises are {', '.join(exercises)}. "
                "Rename the file if it is one of these",
            )
        else:
            by_exercise.setdefault(exercise, []).append(path)
    for exercise, paths in by_exercise.items():
        yield _one_of(name, exercise, paths, folder)


def _one_of(name: str, exercise: str, paths: list[Path], folder: Path) -> Found:
    """The notebook to grade among several for one exercise: the one that carries the exercise's exact name."""
    exact = [p for p in paths if p.stem == exercise]
    if len(paths) == 1:
        chosen = Found(name, exercise, paths[0])
        if not exact:
            chosen.remarks.append(f"the file is called {text_of(paths[0].name)}, taken for {exercise}")
    elif len(exact) == 1:
        others = ", ".join(sorted(text_of(str(p.relative_to(folder))) for p in paths if p != exact[0]))
        chosen = Found(
            name, exercise, exact[0], remarks=[f"there are other notebooks for {exercise}, not graded: {others}"]
        )
    else:
        several = ", ".join(sorted(text_of(str(p.relative_to(folder))) for p in paths))
        chosen = Found(
            name, exercise, paths[0], f"there are {len(paths)} notebooks for {exercise} ({several}): keep one"
        )
    if chosen.path.is_symlink():
        chosen.problem = "the file is a symbolic link, which is not followed: hand in the notebook itself"
    return chosen


def _notebooks(folder: Path, depth: int) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth > 1:
                yield from _notebooks(Path(entry.path), depth - 1)
        elif _NOTEBOOK.search(entry.name):
            yield Path(entry.path)


def _exercise_of(path: Path, exercises: Sequence[str]) -> str | None:
    """The exercise that a file name stands for: itself, or with what browsers and Jupyter add (`-Copy1`, ` (2)`)."""
    plain = re.sub(r"([-_ ]?copy\d*|\s*\(\d+\))$", "", _NOTEBOOK.sub("", path.name), flags=re.IGNORECASE)
    return next((e for e in exercises if plain.lower() == e.lower()), None)


def text_of(name: str) -> str:
    """A file name as text: bytes that are not UTF-8 become visible replacements."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
