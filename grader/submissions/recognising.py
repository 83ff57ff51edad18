"""Which exercise a notebook is of: by its file's name, whatever a system has made of that, else by its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from grader.exercise.catalogue import ROOT, load_exercise
from grader.exercise.errors import UnknownExercise
from grader.submissions.bounded import TooMuch, notebook_in

ENDING = re.compile(r"(\.ipynb)+(\.json|\.txt)?$", re.IGNORECASE)
"""How a notebook's file name ends: some browsers and mail programs add what they take it for, or add it twice."""

_COPY = r"(copy|kopie|copie|copia|cópia|kopia)"
_ADDED_BEFORE = re.compile(rf"^{_COPY}\s*(\(?\d+\)?\s*)?(of|von|de|di|da|van|av|af)\s+", re.IGNORECASE)
"""Google Drive: "Copy of X"."""
_ADDED_AFTER = re.compile(rf"([-_ ]*{_COPY}[-_ ]*\d*|\s*\(\d+\)|[-_ ]\d{{1,3}})\s*$", re.IGNORECASE)
"""Jupyter ("X-Copy1"), browsers ("X (1)"), Windows ("X - Copy"), macOS ("X copy 2"), Canvas ("X-1")."""


def exercise_of_name(path: PurePath, exercises: Sequence[str]) -> str | None:
    """The exercise that a file name stands for: itself, or with what systems add to the name of a copy."""
    plain = ENDING.sub("", path.name).strip()
    while True:
        for exercise in exercises:
            if plain.lower() == exercise.lower():
                return exercise
        less = ENDING.sub("", _ADDED_AFTER.sub("", _ADDED_BEFORE.sub("", plain))).strip()
        if less == plain:
            return None
        plain = less


def exercise_within_name(path: PurePath, exercises: Sequence[str]) -> str | None:
    """The one exercise whose name is part of the file's: `ada_12345_02_feature_extraction_final`."""
    within = [exercise for exercise in exercises if exercise.lower() in path.name.lower()]
    return within[0] if len(within) == 1 else None


def exercise_of_cells(data: bytes, exercises: Sequence[str], root: Path = ROOT) -> str | None:
    """The exercise whose answer cells a notebook has most of; None where it has none of any."""
    ids = _grade_ids(data)
    shared: dict[str, int] = {}
    for name in exercises:
        try:
            shared[name] = sum(question.id in ids for question in load_exercise(name, root).questions)
        except UnknownExercise:
            continue
    best = max(shared, key=lambda name: shared[name], default=None)
    return best if best is not None and shared[best] else None


def _grade_ids(data: bytes) -> set[str]:
    try:
        cells = notebook_in(data)["cells"]
        return {str(cell["metadata"]["nbgrader"]["grade_id"]) for cell in cells if "nbgrader" in cell["metadata"]}
    except (TooMuch, ValueError, KeyError, TypeError):
        return set()  # whoever reads it for grading says what is wrong with it
