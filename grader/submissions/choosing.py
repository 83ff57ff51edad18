"""Which of a learner's notebooks is the one for an exercise: by its name, its cells, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.exercise.catalogue import load_exercise
from grader.exercise.errors import UnknownExercise
from grader.submissions.notebook import NotReadable, read_answers, read_bytes
from grader.submissions.recognising import exercise_of_cells, exercise_of_name, exercise_within_name

MOST_READ = 20
"""How many notebooks of one learner are looked into before one is chosen. Of more, their names have to tell."""
MOST_BYTES = 128 * 2**20
"""Of all of these together: what takes longest to read takes ten seconds for that much."""


@dataclass
class Candidate:
    """A notebook that may be a learner's for an exercise."""

    path: Path
    exercise: str
    below: Path
    """The folder of the class: on the way from there to the notebook, no link is followed."""
    how: str
    """How it was known, in words for the remark; "" where its name is the exercise's."""
    look_inside: bool = True
    """Whether there are few enough of them to look into each."""

    @cached_property
    def answers(self) -> int:
        """How many questions it answers: those that are there and not blank. None in one that cannot be read."""
        try:
            return answers_in(read_bytes(self.path, self.below), self.exercise)
        except NotReadable:
            return 0


def few(paths: Sequence[Path]) -> bool:
    """Whether these notebooks of a learner are few and small enough to look into, before anything is graded."""
    return len(paths) <= MOST_READ and sum(map(_size, paths)) <= MOST_BYTES


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def answers_in(data: bytes, exercise: str) -> int:
    """How many questions of `exercise` a notebook answers: those that are there and not blank. 0 if it is none."""
    try:
        answered = read_answers(data, load_exercise(exercise))
    except (NotReadable, UnknownExercise):
        return 0
    return len(answered.answered - answered.blank)


def candidate(path: Path, exercises: Sequence[str], below: Path, look_inside: bool) -> Candidate | None:
    """A notebook as one for an exercise; None where neither its name nor, if looked at, its cells are of any."""
    named = exercise_of_name(path, exercises)
    if named is not None:
        return Candidate(path, named, below, "" if path.stem == named else f"taken for {named}", look_inside)
    try:
        by_cells = exercise_of_cells(read_bytes(path, below), exercises) if look_inside else None
    except NotReadable:
        by_cells = None
    if by_cells is not None:
        return Candidate(path, by_cells, below, f"taken for {by_cells} by its cells", look_inside)
    within = exercise_within_name(path, exercises)
    return Candidate(path, within, below, f"taken for {within}", look_inside) if within is not None else None


def chosen_of(candidates: list[Candidate]) -> Candidate | None:
    """The one that answers something; of several of these, the one that carries the exercise's exact name."""
    look_inside = all(c.look_inside for c in candidates)
    filled = [c for c in candidates if c.answers] or candidates if look_inside else candidates
    exact = [c for c in filled if not c.how]
    return filled[0] if len(filled) == 1 else exact[0] if len(exact) == 1 else None
