"""Which notebooks a folder of submissions holds: whose they are, for which exercise.

Takes `SUBMISSIONS/<learner>/<exercise>.ipynb`, and nbgrader's `submitted/<learner>/<assignment>/<notebook>.ipynb`. A
file that is a symbolic link is never followed: it may lead to another learner's work, or to the grader's own files.
What cannot be read of one learner's folder is that learner's "not graded"; the class goes on.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEPTH = 3
"""How deep below a learner's folder notebooks are looked for."""
MAX_FILES = 200_000
"""Entries of one learner's folder that are looked at: a data set of pictures may lie beside a notebook."""
NAMED = 5
"""How many files are named in one sentence; the others are counted."""
UNKNOWN = "(unknown)"
"""In place of an exercise's name, where it is not known which one a learner handed in."""
_NOTEBOOK = re.compile(r"\.ipynb(\.json|\.txt)?$", re.IGNORECASE)
"""How a notebook's file name ends: some browsers and mail programs add what they take it for."""
_LOOKS_BAD = re.compile(r"\\x[0-9a-f]{2}")


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
    below: Path | None = None
    """The folder of the class: on the way from there to the notebook, no link is followed."""


def find_submissions(folder: Path, exercises: Sequence[str]) -> list[Found]:
    """Every submission below `folder`, sorted by learner and exercise. Raises NoSubmissions with what to do."""
    if not folder.is_dir():
        raise NoSubmissions(f"{folder} is not a folder: give the folder that holds one folder a learner")
    try:
        if (folder / "nbgrader_config.py").is_file():
            # Its source/ and release/ would be taken for learners, with full marks and none.
            raise NoSubmissions(f"{folder} is a course of nbgrader: give its submissions, {folder / 'submitted'}")
        found = [one for learner in _folders(folder) for one in _of_learner(learner, exercises)]
        loose = _loose(folder)
    except OSError as error:
        raise NoSubmissions(f"{folder} cannot be read ({error.strerror}): put it right, then grade again") from None
    if not found and loose:
        raise NoSubmissions(
            f"{folder} holds notebooks and no folder of a learner with one: give the folder above if this is one "
            "learner's, or put each notebook into a folder named after its learner"
        )
    if not found:
        raise NoSubmissions(
            f"{folder} holds no notebook at <learner>/<exercise>.ipynb; exercises are {', '.join(exercises)}"
        )
    for one in found:
        one.below = folder
    return sorted(found, key=lambda f: (f.learner, f.exercise))


def passed_over(folder: Path, out: Path) -> list[str]:
    """A sentence for each entry of `folder` that may be a learner's and holds nothing to grade.

    out: where results go, which is no learner's if it lies in `folder`.
    """
    said = []
    if loose := _loose(folder):
        said.append(f"{_some(loose)}: not in a folder of a learner; put each into one that is named after its learner")
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        path, name = Path(entry.path), text_of(entry.name)
        if entry.is_symlink():
            if not _NOTEBOOK.search(entry.name) and _leads_to_folder(path):
                said.append(f"{name}: the folder is a symbolic link, which is not followed")
        elif _is_folder(entry) and entry.name != ".ipynb_checkpoints" and path.resolve() != out.resolve():
            said += _nothing_in(path, name)
    return said


def _nothing_in(folder: Path, name: str) -> list[str]:
    """A sentence on a folder that may be a learner's and holds nothing to grade; none where grading tells of it."""
    closed: list[OSError] = []
    try:
        notebooks = _notebooks(folder, closed)
        there = [] if closed else sorted(text_of(e.name) for e in os.scandir(folder) if e.name[0] != ".")
    except (OSError, _TooMany):
        return []
    if name.startswith("."):
        return [f"{name}: the folder is hidden; rename it if it is a learner's"] if notebooks or closed else []
    if notebooks or closed:
        return []
    return [f"{name}: no notebook in this folder, " + (f"only {_some(there)}" if there else "which is empty")]


def _loose(folder: Path) -> list[str]:
    return sorted(text_of(e.name) for e in os.scandir(folder) if _NOTEBOOK.search(e.name) and not _is_folder(e))


def _folders(folder: Path) -> list[Path]:
    return sorted(Path(e.path) for e in os.scandir(folder) if _is_folder(e) and e.name[0] != ".")


def _of_learner(folder: Path, exercises: Sequence[str]) -> list[Found]:
    name = text_of(folder.name)
    closed: list[OSError] = []
    try:
        paths = _notebooks(folder, closed)
    except _TooMany:
        return [Found(name, UNKNOWN, folder, f"the folder holds more than {MAX_FILES:,} files: keep the notebooks")]
    by_exercise: dict[str, list[Path]] = {}
    strange: list[Path] = []
    for path in paths:
        exercise = _exercise_of(path, exercises)
        if exercise is None:
            strange.append(path)
        else:
            by_exercise.setdefault(exercise, []).append(path)
    found = [_one_of(name, exercise, several, folder) for exercise, several in by_exercise.items()]
    found += _closed_folders(name, folder, closed, found, exercises)
    known = f"exercises are {', '.join(exercises)}"
    if len(strange) > NAMED:
        names = _some([text_of(path.stem) for path in strange])
        why = f"there are {len(strange):,} notebooks for no exercise ({names}); {known}. Rename what is one of these"
        found.append(Found(name, UNKNOWN, folder, why))
    else:
        for path in strange:
            why = f"there is no exercise called {text_of(path.stem)}; {known}. Rename the file if it is one of these"
            found.append(Found(name, text_of(path.stem), path, why))
    return found


def _closed_folders(
    learner: str, folder: Path, closed: list[OSError], found: list[Found], exercises: Sequence[str]
) -> list[Found]:
    """What is said of folders that cannot be read: one is its exercise's, any other is a remark on what was found."""
    if not closed:
        return []
    names = {error.filename: text_of(Path(os.fsdecode(error.filename)).name) for error in closed}
    why = f"the folder {_some(sorted(names.values()))} cannot be read ({closed[0].strerror})"
    lost = set(names.values()) & set(exercises) - {one.exercise for one in found}
    for one in found:
        one.remarks.append(why)
    if not found and not lost:
        lost = {UNKNOWN}
    return [Found(learner, exercise, folder, f"{why}: put it right, then grade again") for exercise in sorted(lost)]


def _one_of(name: str, exercise: str, paths: list[Path], folder: Path) -> Found:
    """The notebook to grade among several for one exercise: the one that carries the exercise's exact name."""
    exact = [p for p in paths if p.stem == exercise]
    if len(paths) == 1:
        chosen = Found(name, exercise, paths[0])
        if not exact:
            chosen.remarks.append(f"the file is called {text_of(paths[0].name)}, taken for {exercise}")
    elif len(exact) == 1:
        others = _some(sorted(text_of(str(p.relative_to(folder))) for p in paths if p != exact[0]))
        chosen = Found(
            name, exercise, exact[0], remarks=[f"there are other notebooks for {exercise}, not graded: {others}"]
        )
    else:
        several = _some(sorted(text_of(str(p.relative_to(folder))) for p in paths))
        chosen = Found(
            name, exercise, paths[0], f"there are {len(paths)} notebooks for {exercise} ({several}): keep one"
        )
    if chosen.path.is_symlink():
        chosen.problem = "the file is a symbolic link, which is not followed: hand in the notebook itself"
    return chosen


class _TooMany(Exception):
    """A learner's folder holds more than anybody hands in."""


def _notebooks(folder: Path, closed: list[OSError]) -> list[Path]:
    """The notebooks of a learner's folder, by path; folders that cannot be read go to `closed`. Raises _TooMany."""
    found: list[Path] = []
    folders = [(folder, DEPTH)]
    seen = 0
    while folders:
        inside, depth = folders.pop()
        try:
            with os.scandir(inside) as entries:
                for entry in entries:
                    seen += 1
                    if seen > MAX_FILES:
                        raise _TooMany
                    if entry.name.startswith("."):
                        continue
                    if _is_folder(entry):
                        if depth > 1:
                            folders.append((Path(entry.path), depth - 1))
                    elif _NOTEBOOK.search(entry.name):
                        found.append(Path(entry.path))
        except OSError as error:
            error.filename = error.filename or str(inside)
            closed.append(error)
    return sorted(found)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder itself; what cannot be told, for it has just gone, is none."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _leads_to_folder(link: Path) -> bool:
    """Whether a link leads to a folder, or nobody can tell: in a circle, or where the grader may not look."""
    try:
        return stat.S_ISDIR(link.stat().st_mode)
    except FileNotFoundError:
        return False
    except (OSError, RuntimeError):
        return True


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


def _exercise_of(path: Path, exercises: Sequence[str]) -> str | None:
    """The exercise that a file name stands for: itself, or with what browsers and Jupyter add (`-Copy1`, ` (2)`)."""
    plain = re.sub(r"([-_ ]?copy\d*|\s*\(\d+\))$", "", _NOTEBOOK.sub("", path.name), flags=re.IGNORECASE)
    return next((e for e in exercises if plain.lower() == e.lower()), None)


def text_of(name: str) -> str:
    r"""A file name as text, another one for every name: bytes that are not UTF-8 become `\xff`, and count.

    Where a name holds such a byte, or looks as if it did, its backslashes are doubled, so that no two are alike.
    """
    bad = any("\udc80" <= letter <= "\udcff" for letter in name)
    if bad or _LOOKS_BAD.search(name):
        name = name.replace("\\", "\\\\")
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
