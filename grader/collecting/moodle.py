"""Moodle: "Download all submissions" of an assignment, in folders (the default) or, with that box cleared, flat.

Written by moodle/moodle, mod/assign/classes/downloader.php (before version 4.2 by `download_submissions` of
mod/assign/locallib.php):

- in folders `Ada Lovelace_12345_assignsubmission_file/02_feature_extraction.ipynb`, with the learner's own folders;
  older versions end the folder's name with an underscore;
- flat `Ada Lovelace_12345_assignsubmission_file_02_feature_extraction.ipynb`.

The number is that of the participant in this assignment: `Participant 12345` in column `Identifier` of the grading
worksheet. In another assignment the same person has another number (table `assign_user_mapping`), so that the name
tells who it is, except where two have the same name. In place of the name is the group's where groups hand in together
(`Default group` without a number), and the word for "Participant" where learners are anonymous. What was typed into
Moodle is in `…_assignsubmission_onlinetext`. The newest attempt alone is in it; no times are told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.collecting.download import Download, Member
from grader.collecting.handed_in import HandedIn, Listed, Person

NAME = "moodle"

_NAME = re.compile(r"(.+?)(?:_(\d+))?_assignsubmission_([a-z]+)(?:_(.*))?", re.DOTALL)


def fits(download: Download) -> bool:
    """Whether most of what it holds is named as Moodle names it."""
    named = sum(_whose(member) is not None for member in download.members)
    return named > len(download.members) / 2


def listed(download: Download, exercises: Sequence[str]) -> Listed:
    """The files by the names of their folders, or by their own."""
    result = Listed()
    numbers: dict[str, set[str | None]] = {}
    for person, *_ in filter(None, map(_whose, download.members)):
        numbers.setdefault(person.name, set()).add(person.id)
    for member in download.members:
        whose = _whose(member)
        if whose is None:
            result.left_out.append((member.source, "not named as Moodle names what was handed in"))
            continue
        person, kind, path = whose
        person = replace(person, lasting=len(numbers[person.name]) > 1)
        if kind != "file":
            result.left_out.append((member.source, f"no file, but Moodle's {kind}"))
        elif path:
            result.files.append(HandedIn((person,), member, path))
    return result


def _whose(member: Member) -> tuple[Person, str, str] | None:
    """Whose a file is, which of Moodle's kinds of submission it belongs to, and its path in what was handed in."""
    for at, part in enumerate(member.path.parts):
        known = _NAME.fullmatch(part)
        if known is None:
            continue
        name, number, kind, rest = known.groups()
        inside = member.path.parts[at + 1 :]
        return Person(name, number, lasting=False), kind, "/".join(inside) if inside else (rest or "")
    return None
