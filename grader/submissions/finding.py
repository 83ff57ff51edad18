"""Which notebooks a folder of submissions holds: whose they are, for which exercise.

Takes `SUBMISSIONS/<learner>/<exercise>.ipynb`, and nbgrader's `submitted/<learner>/<assignment>/<notebook>.ipynb`. A
file that is a symbolic link is never followed: it may lead to another learner's work, or to the grader's own files.
What cannot be read of one learner's folder is that learner's "not graded"; the class goes on.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.submissions.choosing import Candidate, candidate, chosen_of, few
from grader.submissions.naming import NAMED, apart, some, text_of
from grader.submissions.recognising import ENDING

DEPTH = 3
"""How deep below a learner's folder notebooks are looked for."""
MAX_FILES = 200_000
"""Entries of one learner's folder that are looked at: a data set of pictures may lie beside a notebook."""
UNKNOWN = "(unknown)"
"""In place of an exercise's name, where it is not known which one a learner handed in."""
DEEPEST, ENTRIES = 10, 5000
"""How deep, and among how many entries, those are looked for that only have to be told of."""


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
        learners = {path: text_of(path.name) for path in _folders(folder)}
        names = apart(learners.values())
        found = [one for path, name in learners.items() for one in _of_learner(path, names[name], exercises)]
        loose = _loose(folder)
    except OSError as error:
        raise NoSubmissions(f"{folder} cannot be read ({error.strerror}): put it right, then grade again") from None
    if not found and loose:
        raise NoSubmissions(
            f"{folder} holds notebooks and no folder of a learner with one: give the folder above if this is one "
            "learner's, or put each notebook into a folder named after its learner"
        )
    if not found:
        if deep := [text_of(str(path.relative_to(folder))) for path in too_deep(folder, DEPTH + 1)]:
            raise NoSubmissions(
                f"{folder} holds notebooks that lie too deep, as {deep[0]}: give the folder in which each learner has "
                f"one, at most {DEPTH - 1} folders above the notebook"
            )
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
        said.append(f"{some(loose)}: not in a folder of a learner; put each into one that is named after its learner")
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        path, name = Path(entry.path), text_of(entry.name)
        if entry.is_symlink():
            if not ENDING.search(entry.name) and _leads_to_folder(path):
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
    if closed:
        return []
    if deep := [text_of(str(one.relative_to(folder.parent))) for one in too_deep(folder, DEPTH)]:
        more = f" and {len(deep) - 1} more" if len(deep) > 1 else ""
        return [
            f"{name}: not graded, because it lies too deep: {deep[0]}{more}; move it to {name}/ "
            f"(at most {DEPTH - 1} folders are looked into below that)"
        ]
    if notebooks:
        return []
    return [f"{name}: no notebook in this folder, " + (f"only {some(there)}" if there else "which is empty")]


def _loose(folder: Path) -> list[str]:
    return sorted(text_of(e.name) for e in os.scandir(folder) if ENDING.search(e.name) and not _is_folder(e))


def _folders(folder: Path) -> list[Path]:
    return sorted(Path(e.path) for e in os.scandir(folder) if _is_folder(e) and e.name[0] != ".")


def _of_learner(folder: Path, name: str, exercises: Sequence[str]) -> list[Found]:
    closed: list[OSError] = []
    try:
        paths = _notebooks(folder, closed)
    except _TooMany:
        return [Found(name, UNKNOWN, folder, f"the folder holds more than {MAX_FILES:,} files: keep the notebooks")]
    by_exercise: dict[str, list[Candidate]] = {}
    strange: list[Path] = []
    look_inside = few(paths)
    for path in paths:
        one = candidate(path, exercises, folder.parent, look_inside)
        if one is None:
            strange.append(path)
        else:
            by_exercise.setdefault(one.exercise, []).append(one)
    found = [_one_of(name, exercise, several, folder) for exercise, several in by_exercise.items()]
    found += _closed_folders(name, folder, closed, found, exercises)
    known = f"exercises are {', '.join(exercises)}"
    if len(strange) > NAMED:
        names = some([_stem(path) for path in strange])
        why = f"there are {len(strange):,} notebooks for no exercise ({names}); {known}. Rename what is one of these"
        found.append(Found(name, UNKNOWN, folder, why))
    else:
        for path in strange:
            why = f"there is no exercise called {_stem(path)}; {known}. Rename the file if it is one of these"
            found.append(Found(name, _stem(path), path, why))
    return found


def _closed_folders(
    learner: str, folder: Path, closed: list[OSError], found: list[Found], exercises: Sequence[str]
) -> list[Found]:
    """What is said of folders that cannot be read: one is its exercise's, any other is a remark on what was found."""
    if not closed:
        return []
    names = {error.filename: text_of(Path(os.fsdecode(error.filename)).name) for error in closed}
    why = f"the folder {some(sorted(names.values()))} cannot be read ({closed[0].strerror})"
    lost = set(names.values()) & set(exercises) - {one.exercise for one in found}
    for one in found:
        one.remarks.append(why)
    if not found and not lost:
        lost = {UNKNOWN}
    return [Found(learner, exercise, folder, f"{why}: put it right, then grade again") for exercise in sorted(lost)]


def _one_of(name: str, exercise: str, candidates: list[Candidate], folder: Path) -> Found:
    """The notebook to grade among several for one exercise: the one that answers something; of several of these, the
    one that carries the exercise's exact name."""
    shown = {id(c): text_of(str(c.path.relative_to(folder))) for c in candidates}
    chosen = candidates[0] if len(candidates) == 1 else chosen_of(candidates)
    if chosen is None:
        several = some(sorted(shown.values()))
        problem = f"there are {len(candidates)} notebooks for {exercise} ({several}): keep one"
        return Found(name, exercise, candidates[0].path, problem)
    found = Found(name, exercise, chosen.path)
    if chosen.how:
        found.remarks.append(f"the file is called {text_of(chosen.path.name)}, {chosen.how}")
    others = [c for c in candidates if c is not chosen]
    if others:
        said = f"there are other notebooks for {exercise}, not graded: {some(sorted(shown[id(c)] for c in others))}"
        if not chosen.look_inside:
            said += "; too many or too large to look into"
        elif any(c.answers > chosen.answers for c in others):
            said += "; more questions are answered there than in the one that was graded: ask which is meant"
        elif all(c.answers == 0 for c in others) and chosen.answers:
            said += ", with no answer in it" if len(others) == 1 else ", with no answer in them"
        found.remarks.append(said)
    if found.path.is_symlink():
        found.problem = "the file is a symbolic link, which is not followed: hand in the notebook itself"
    return found


def _stem(path: Path) -> str:
    """The name of a notebook without its ending, fit to be shown."""
    return text_of(ENDING.sub("", path.name))


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
                    elif ENDING.search(entry.name):
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


def too_deep(folder: Path, depth: int) -> list[Path]:
    """The notebooks that lie more than `depth` levels below `folder`, the first ones."""
    found: list[Path] = []
    waiting = [(folder, 1)]
    looked_at = 0
    while waiting and looked_at < ENTRIES:
        place, level = waiting.pop(0)
        try:
            entries = sorted(os.scandir(place), key=lambda e: e.name)
        except OSError:
            continue
        looked_at += len(entries)
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if level < DEEPEST:
                    waiting.append((Path(entry.path), level + 1))
            elif level > depth and ENDING.search(entry.name):
                found.append(Path(entry.path))
    return found
