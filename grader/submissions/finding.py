"""Which notebooks a folder of submissions holds: whose they are, for which exercise.

Takes `SUBMISSIONS/<learner>/<exercise>.ipynb`, and nbgrader's `submitted/<learner>/<assignment>/<notebook>.ipynb`. A
file that is a symbolic link is never followed: it may lead to another learner's work, or to the grader's own files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.exercise.errors import UnknownExercise
from grader.exercise.model import load_exercise
from grader.submissions.notebook import NotReadable, read_answers, read_bytes
from grader.submissions.recognising import ENDING, exercise_of_cells, exercise_of_name, exercise_within_name

DEPTH = 3
"""How deep below a learner's folder notebooks are looked for."""
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
        deep = [text_of(str(path.relative_to(folder))) for path in too_deep(folder, DEPTH + 1)]
        if deep:
            raise NoSubmissions(
                f"{folder} holds notebooks that lie too deep, as {deep[0]}: give the folder in which each learner has "
                f"one, at most {DEPTH - 1} folders above the notebook"
            )
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
        elif deep := [text_of(str(one.relative_to(folder))) for one in too_deep(path, DEPTH)]:
            more = f" and {len(deep) - 1} more" if len(deep) > 1 else ""
            said.append(
                f"{name}: not graded, because it lies too deep: {deep[0]}{more}; move it to {name}/ "
                f"(at most {DEPTH - 1} folders are looked into below that)"
            )
        elif next(_notebooks(path, DEPTH), None) is None:
            there = ", ".join([text_of(e.name) for e in os.scandir(path) if e.name[0] != "."][:5])
            said.append(f"{name}: no notebook in this folder, " + (f"only {there}" if there else "which is empty"))
    return said


def _loose(folder: Path) -> list[str]:
    return sorted(text_of(e.name) for e in os.scandir(folder) if ENDING.search(e.name) and e.is_file())


def _folders(folder: Path) -> list[Path]:
    return sorted(Path(e.path) for e in os.scandir(folder) if e.is_dir(follow_symlinks=False) and e.name[0] != ".")


def _of_learner(folder: Path, exercises: Sequence[str]) -> Iterator[Found]:
    name = text_of(folder.name)
    by_exercise: dict[str, list[_Candidate]] = {}
    for path in _notebooks(folder, DEPTH):
        one = _candidate(path, exercises)
        if one is None:
            stem = text_of(ENDING.sub("", path.name))
            yield Found(
                name,
                stem,
                path,
                f"there is no exercise called {stem}; exercises are {', '.join(exercises)}. "
                "Rename the file if it is one of these",
            )
        else:
            by_exercise.setdefault(one.exercise, []).append(one)
    for exercise, candidates in by_exercise.items():
        yield _one_of(name, exercise, candidates, folder)


@dataclass
class _Candidate:
    """A notebook that may be a learner's for an exercise."""

    path: Path
    exercise: str
    how: str
    """How it was known, in words for the remark; "" where its name is the exercise's."""

    @cached_property
    def answers(self) -> int:
        """How many questions it answers: those that are there and not blank. None in one that cannot be read."""
        try:
            answered = read_answers(read_bytes(self.path), load_exercise(self.exercise))
        except (NotReadable, UnknownExercise):
            return 0
        return len(answered.answered - answered.blank)


def _candidate(path: Path, exercises: Sequence[str]) -> _Candidate | None:
    named = exercise_of_name(path, exercises)
    if named is not None:
        return _Candidate(path, named, "" if path.stem == named else f"taken for {named}")
    try:
        by_cells = exercise_of_cells(read_bytes(path), exercises)
    except NotReadable:
        by_cells = None
    if by_cells is not None:
        return _Candidate(path, by_cells, f"taken for {by_cells} by its cells")
    within = exercise_within_name(path, exercises)
    return _Candidate(path, within, f"taken for {within}") if within is not None else None


def _one_of(name: str, exercise: str, candidates: list[_Candidate], folder: Path) -> Found:
    """The notebook to grade among several for one exercise: the one that answers something; of several of these, the
    one that carries the exercise's exact name."""
    shown = {id(c): text_of(str(c.path.relative_to(folder))) for c in candidates}
    chosen = candidates[0] if len(candidates) == 1 else _chosen(candidates)
    if chosen is None:
        several = ", ".join(sorted(shown.values()))
        problem = f"there are {len(candidates)} notebooks for {exercise} ({several}): keep one"
        return Found(name, exercise, candidates[0].path, problem)
    found = Found(name, exercise, chosen.path)
    if chosen.how:
        found.remarks.append(f"the file is called {text_of(chosen.path.name)}, {chosen.how}")
    others = [c for c in candidates if c is not chosen]
    if others:
        some = ", ".join(sorted(shown[id(c)] for c in others))
        said = f"there are other notebooks for {exercise}, not graded: {some}"
        if any(c.answers > chosen.answers for c in others):
            said += "; more questions are answered there than in the one that was graded: ask which is meant"
        elif all(c.answers == 0 for c in others) and chosen.answers:
            said += ", with no answer in it" if len(others) == 1 else ", with no answer in them"
        found.remarks.append(said)
    if found.path.is_symlink():
        found.problem = "the file is a symbolic link, which is not followed: hand in the notebook itself"
    return found


def _chosen(candidates: list[_Candidate]) -> _Candidate | None:
    filled = [c for c in candidates if c.answers] or candidates
    exact = [c for c in filled if not c.how]
    return filled[0] if len(filled) == 1 else exact[0] if len(exact) == 1 else None


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


def _notebooks(folder: Path, depth: int) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth > 1:
                yield from _notebooks(Path(entry.path), depth - 1)
        elif ENDING.search(entry.name):
            yield Path(entry.path)


def text_of(name: str) -> str:
    """A file name as text: bytes that are not UTF-8 become visible replacements."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
