"""Which exercise a file of a download is of, by the rules of grader.submissions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.collecting.download import Unreadable
from grader.collecting.handed_in import HandedIn
from grader.submissions.recognising import ENDING, exercise_of_cells, exercise_of_name, exercise_within_name


def is_notebook(file: HandedIn) -> bool:
    """Whether it is a notebook by its name."""
    return bool(ENDING.search(file.path))


def exercise_of(file: HandedIn, exercises: Sequence[str], look_inside: bool) -> str | None:
    """The exercise: by the name that the learner gave the file, by its cells if looked at, else by part of the name."""
    path = PurePosixPath(file.path)
    named = exercise_of_name(path, exercises)
    if named is not None:
        return named
    try:
        by_cells = exercise_of_cells(file.member.read(), exercises) if look_inside else None
    except Unreadable:
        by_cells = None
    return by_cells or exercise_within_name(path, exercises)
