"""A zip or a folder of one's own making: `<learner>/<exercise>.ipynb`, also with a folder around all of it.

nbgrader's `submitted/<learner>/<assignment>/<notebook>.ipynb` is of this kind, too. Whose a notebook is, the folder's
name says; which attempt it is and when it was handed in, nobody does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.collecting.download import Download, Member
from grader.collecting.handed_in import HandedIn, Listed, Person
from grader.submissions.recognising import ENDING

NAME = "zip"


def fits(download: Download) -> bool:
    """Whether some notebook lies in a folder."""
    return any(len(member.path.parts) > 1 for member in download.members if ENDING.search(member.name))


def listed(download: Download, exercises: Sequence[str]) -> Listed:
    """The files by the folders that they lie in."""
    result = Listed()
    around = _around(download.members, {exercise.lower() for exercise in exercises})
    for member in download.members:
        parts = member.path.parts[around:]
        if len(parts) < 2:
            why = "not in a folder of a learner: put it into one that is named after its learner"
            result.left_out.append((member.source, why))
            continue
        result.files.append(HandedIn((Person(parts[0]),), member, str(PurePosixPath(*parts[1:]))))
    return result


def _around(members: list[Member], exercises: set[str]) -> int:
    """How many folders are around the folders of learners: single ones that hold folders, and none of an exercise."""
    paths = [member.path.parts for member in members if ENDING.search(member.name)]
    around = 0
    while all(len(path) > around + 2 for path in paths) and len({path[: around + 1] for path in paths}) == 1:
        if {path[around + 1].lower() for path in paths} <= exercises:
            break
        around += 1
    return around
