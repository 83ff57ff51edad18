"""The notebooks among a download's files: whose they are, for which exercise, and what lies beside them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.collecting.archives import with_archives
from grader.collecting.attempts import Notebook
from grader.collecting.collected import Entry
from grader.collecting.download import Unreadable
from grader.collecting.folders import plain
from grader.collecting.handed_in import HandedIn, Person
from grader.collecting.recognised import exercise_of, is_notebook
from grader.submissions.beside import MAX_ALL, MAX_FILES, MAX_LOOKED_AT, may_lie_beside
from grader.submissions.choosing import MOST_READ
from grader.submissions.recognising import ENDING

Place = tuple[str, str | None, str]
"""A learner's folder, an exercise, and, where it is of none that is known, the name of the file."""

_AGAIN = re.compile(r"-\d(?=\.py$)")
"""What Canvas adds to the name of a module that is handed in again, and that no notebook imports it by."""


@dataclass
class Theirs:
    """A notebook and the one of its people whose it is here."""

    person: Person
    notebook: Notebook


def notebooks_of(
    files: list[HandedIn],
    folders: Mapping[str, str],
    exercises: Sequence[str],
    refused: list[tuple[str, str]],
    others: list[tuple[str, str]],
) -> Iterator[tuple[Place, Theirs]]:
    """Each notebook of one download with its place. Files that are nobody's go to `refused` or `others`."""
    by_person: dict[str, list[tuple[Person, HandedIn]]] = {}
    for file in with_archives(files, refused):
        for person in file.people:
            by_person.setdefault(person.key, []).append((person, file))
    for key, owned in by_person.items():
        notebooks = [(person, file) for person, file in owned if is_notebook(file)]
        others_of = [
            f for _, f in owned if not is_notebook(f) and may_lie_beside(f.path.rsplit("/", 1)[-1], f.member.size)
        ]
        look_inside = len(notebooks) <= MOST_READ
        used: set[int] = set()
        strange: list[tuple[Place, Theirs]] = []
        for person, file in notebooks:
            exercise = exercise_of(file, exercises, look_inside)
            beside = [other for other in others_of[:MAX_LOOKED_AT] if _lies_beside(other, file)]
            used |= set(map(id, beside))
            theirs = Theirs(person, Notebook(file, exercise, beside))
            if exercise is not None:
                yield (folders[key], exercise, ""), theirs
            else:
                strange.append(((folders[key], None, _file_name(file)), theirs))
        if len(strange) <= MOST_READ:
            yield from strange
        else:
            more = f"one of {len(strange):,} notebooks of {folders[key]} for no exercise: keep what was to be handed in"
            refused += [(theirs.notebook.file.member.source, more) for _, theirs in strange]
        for _, file in owned:
            if is_notebook(file) or id(file) in used:
                continue
            others.append((file.member.source, "no notebook, and none that it could belong to"))


def file_of(place: Place, person: Person, notebook: Notebook, roster: str | None) -> tuple[Entry, dict[str, bytes]]:
    """The entry for a notebook, and its files by their paths from the learner's folder. Raises Unreadable.

    Files beside it get a folder with it, so that those of one exercise are never taken for another's.
    """
    learner, exercise, other_name = place
    name = f"{exercise}.ipynb" if exercise else other_name
    folder = f"{PurePosixPath(name).stem}/" if notebook.beside else ""
    file = notebook.file
    data = file.member.read()
    files = {folder + name: data}
    files |= {folder + path: beside for path, beside in _beside(notebook).items() if folder + path not in files}
    entry = Entry(
        learner=learner,
        exercise=exercise,
        file=folder + name,
        id=person.id,
        name=person.name,
        attempt=file.attempt,
        handed_in=file.handed_in,
        late=file.late,
        source=file.member.source,
        newer=file.newer,
        digest=hashlib.sha256(data).hexdigest(),
        beside=tuple(path for path in files if path != folder + name),
        key=person.key,
        roster=roster,
    )
    return entry, files


def _file_name(file: HandedIn) -> str:
    """A harmless name for a notebook of no exercise."""
    return f"{plain(ENDING.sub('', PurePosixPath(file.path).name)) or 'notebook'}.ipynb"


def _inside(other: HandedIn, notebook: HandedIn) -> str | None:
    """The path of a file from the notebook's folder; None where it is not in there."""
    folder = notebook.path[: notebook.path.rfind("/") + 1]
    return other.path[len(folder) :] if other.path.startswith(folder) else None


def _lies_beside(other: HandedIn, notebook: HandedIn) -> bool:
    inside = _inside(other, notebook)
    return inside is not None and may_lie_beside(inside, other.member.size)


def _beside(notebook: Notebook) -> dict[str, bytes]:
    """The files beside a notebook by their paths from it. Those of the newest attempt, where there are several."""
    found: dict[str, bytes] = {}
    room = MAX_ALL
    for other in sorted(notebook.beside, key=lambda o: -(o.newer or 0)):
        path = _AGAIN.sub("", _inside(other, notebook.file) or "")
        try:
            data = other.member.read()
        except Unreadable:
            continue
        if path not in found and len(data) <= room and len(found) < MAX_FILES:
            found[path] = data
            room -= len(data)
    return found
