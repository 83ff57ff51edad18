"""A learner's notebooks: which there are in a folder, and which exercise each is for."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.exercise.catalogue import ROOT, load_exercise
from grader.exercise.model import Exercise

from ..submissions import Answered, NotReadable, exercise_of_cells, read_answers, read_bytes, texts_beside
from .errors import NoNotebook

DEPTH = 3  # folders below the one given; a learner's folder is flat, an nbgrader one is not


def notebooks_in(place: Path, names: Sequence[str]) -> list[Path]:
    """`place` itself if it is a file, else the notebooks below it that carry an exercise's name, sorted.

    Raises NoNotebook where there is none.
    """
    if place.is_file():
        return [place]
    if not place.exists():
        raise NoNotebook(f"there is no {place}{_instead(place)}")
    found = sorted(path for path in walk(place) if named_after(path, names))
    if not found:
        raise NoNotebook(
            f"{place} holds no notebook of {' or '.join(names)}; get them with tl start, as in tl start my-folder"
        )
    return found


def walk(folder: Path, depth: int = DEPTH) -> Iterator[Path]:
    """The notebooks below `folder`, without hidden ones: Jupyter's checkpoints, and files in the making."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return  # closed to us, or just removed
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth > 1:
                yield from walk(Path(entry.path), depth - 1)
        elif entry.name.endswith(".ipynb"):
            yield Path(entry.path)


def named_after(path: Path, names: Sequence[str]) -> str | None:
    """The exercise that a file is called after, also with something added: `-Copy1`, ` (2)`, `-new-0.2.0`."""
    return next((n for n in names if re.match(rf"{re.escape(n)}(?![a-z0-9_])", path.stem, re.IGNORECASE)), None)


def exercise_of(path: Path, data: bytes, names: Sequence[str], root: Path = ROOT) -> str:
    """The exercise of a notebook: by its name, else by its answer cells. Raises NoNotebook."""
    named = named_after(path, names)
    if named is not None:
        return named
    by_cells = exercise_of_cells(data, names, root)
    if by_cells is not None:
        return by_cells
    raise NoNotebook(
        f"{path.name} belongs to no exercise: neither its name nor its answer cells are of {' or '.join(names)}"
    )


def read_notebook(path: Path, names: Sequence[str], root: Path = ROOT) -> tuple[Exercise, Answered, str]:
    """A notebook's exercise and answers, and a digest of its code: with equal digests it gives equal results.

    Raises NotReadable, NoNotebook.
    """
    data = read_bytes(path.resolve())  # a link of one's own may be followed
    exercise = load_exercise(exercise_of(path, data, names, root), root)
    answered = read_answers(data, exercise)
    answered.files, _ = texts_beside(path.resolve())
    beside = (f"{name}\n{text}" for name, text in answered.files.items())
    return exercise, answered, digest(*(f"{cell['question']}\n{cell['source']}" for cell in answered.cells), *beside)


def looks_sound(path: Path) -> bool:
    """A quick look, before the seconds that grading needs to start: could this be a notebook at all?"""
    try:
        content = json.loads(read_bytes(path.resolve()))
        return isinstance(content, dict) and "nbformat" in content
    except (NotReadable, ValueError, RecursionError):
        return False


def digest(*texts: str) -> str:
    """A short digest that tells texts apart."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _instead(place: Path) -> str:
    """What else there is where a file was looked for."""
    folder = place.parent
    others = [path.name for path in walk(folder, 1)] if folder.is_dir() else []
    if others:
        return f"; {folder} holds {', '.join(others[:12])}"
    return "; get the notebooks with: tl start"
