"""From downloads to a folder of submissions: `<learner>/<exercise>.ipynb`, and collected.json beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.collecting.attempts import Notebook, choose
from grader.collecting.collected import Collected, Entry, read
from grader.collecting.download import Unreadable, opened
from grader.collecting.errors import NotOurs
from grader.collecting.folders import folder_for, plain
from grader.collecting.handed_in import HandedIn, Person
from grader.collecting.layouts import layout_of
from grader.collecting.recognised import exercise_of, is_notebook
from grader.collecting.writing import Writing, alone_in
from grader.submissions.beside import MAX_ALL, MAX_FILES, may_lie_beside
from grader.submissions.recognising import ENDING

Step = Callable[[str], None]


@dataclass
class Outcome:
    """What a run of `tl collect` did."""

    collected: Collected
    new: list[Entry] = field(default_factory=list)
    replaced: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    older: list[tuple[str, str]] = field(default_factory=list)
    """What does not count because something newer, or the same, does."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """What may be somebody's work and was not taken."""
    others: list[tuple[str, str]] = field(default_factory=list)
    """Files that are no notebooks and lie beside none."""


def collect(
    downloads: Sequence[Path],
    into: Path,
    exercises: Sequence[str],
    platform: str | None = None,
    step: Step = lambda name: None,
) -> Outcome:
    """Collect what was handed in from `downloads` into `into`.

    platform: "canvas", …; None to tell it from the download. Raises CollectError and OutputNotWritable, each with what
    to do; then `into` is as it was, or the same command again completes it.
    """
    with alone_in(into), ExitStack() as stack:
        earlier = read(into)
        work = _Work(earlier, exercises)
        for path in downloads:
            if path.resolve() == into.resolve():
                raise NotOurs(f"{path} is the download and the folder to collect into: choose another --into")
            step(path.name)
            download = stack.enter_context(opened(path))
            layout = layout_of(download, platform)
            if work.platform not in (None, layout.NAME):
                raise NotOurs(
                    f"{path} is from {layout.NAME}, and what was collected into {into} is from {work.platform}: choose "
                    "another --into, for numbers of people differ between platforms"
                )
            work.platform = layout.NAME
            listed = layout.listed(download, exercises)
            work.refused += download.left_out
            work.others += listed.left_out
            work.take(listed.files)
        return work.write(into)


class _Work:
    """What is known while a run goes on."""

    def __init__(self, earlier: Collected | None, exercises: Sequence[str]) -> None:
        self.exercises = exercises
        self.platform = earlier.platform if earlier else None
        self.entries = (
            {(e.learner, e.exercise, "" if e.exercise else e.file): e for e in earlier.entries} if earlier else {}
        )
        self.folders = {e.key: e.learner for e in self.entries.values()}
        self.notebooks: dict[tuple[str, str | None, str], list[tuple[Person, Notebook]]] = {}
        self.older: list[tuple[str, str]] = []
        self.refused: list[tuple[str, str]] = []
        self.others: list[tuple[str, str]] = []

    def take(self, files: list[HandedIn]) -> None:
        """Take the files of one download."""
        by_person: dict[str, list[tuple[Person, HandedIn]]] = {}
        for file in files:
            for person in file.people:
                by_person.setdefault(person.key, []).append((person, file))
        for key, theirs in by_person.items():
            person = theirs[0][0]
            if key not in self.folders:
                self.folders[key] = folder_for(person.name, person.id, set(self.folders.values()))
            used = self._notebooks_of(person, [file for _, file in theirs])
            self.others += [
                (file.member.source, "no notebook, and none that it could belong to")
                for _, file in theirs
                if not is_notebook(file) and id(file) not in used
            ]

    def _notebooks_of(self, person: Person, files: list[HandedIn]) -> set[int]:
        used: set[int] = set()
        for file in files:
            if not is_notebook(file):
                continue
            exercise = exercise_of(file, self.exercises)
            beside = [other for other in files if _lies_beside(other, file)]
            used |= set(map(id, beside))
            stem = plain(ENDING.sub("", PurePosixPath(file.path).name)) or "notebook"
            place = (self.folders[person.key], exercise, "" if exercise else f"{stem}.ipynb")
            self.notebooks.setdefault(place, []).append((person, Notebook(file, exercise, beside)))
        return used

    def write(self, into: Path) -> Outcome:
        """Write what counts."""
        outcome = Outcome(Collected(self.platform or "", datetime.now(UTC).isoformat(timespec="seconds")))
        with Writing(into) as writing:
            for place, several in self.notebooks.items():
                choice = choose([notebook for _, notebook in several])
                if choice.chosen is None:
                    self.refused += [(n.file.member.source, why) for n, why in choice.others]
                    continue
                self.older += [(n.file.member.source, why) for n, why in choice.others]
                person = next(person for person, notebook in several if notebook is choice.chosen)
                try:
                    self._one(place, person, choice.chosen, into, writing, outcome)
                except Unreadable as error:
                    self.refused.append((choice.chosen.file.member.source, str(error)))
            writing.apply()
            outcome.older, outcome.refused, outcome.others = self.older, self.refused, self.others
            collected = outcome.collected
            collected.entries = [
                self.entries[place] for place in sorted(self.entries, key=lambda p: (p[0], p[1] or "", p[2]))
            ]
            collected.left_out = [{"source": s, "why": w} for s, w in (*self.older, *self.refused, *self.others)]
            collected.write(into)
        return outcome

    def _one(
        self, place: tuple[str, str | None, str], person: Person, notebook: Notebook, into: Path, writing: Writing,
        outcome: Outcome,
    ) -> None:  # fmt: skip
        """Stage one notebook, unless what lies there is the same or newer."""
        learner, exercise, _ = place
        name = f"{exercise}.ipynb" if exercise else place[2]
        folder = f"{plain(PurePosixPath(name).stem)}/" if notebook.beside else ""
        data = notebook.file.member.read()
        beside = _with_their_names(notebook)
        file = notebook.file
        entry = Entry(
            learner, exercise, folder + name, person.id, person.name, file.attempt, file.handed_in, file.late,
            file.member.source, file.newer, hashlib.sha256(data).hexdigest(), tuple(folder + path for path in beside),
        )  # fmt: skip
        before = self.entries.get(place)
        if before is not None and _is_newer(before, entry):
            self.older.append((entry.source, "an older attempt than the one that was collected before"))
            return
        self.entries[place] = entry
        same = before is not None and (before.digest, before.file, before.beside) == (
            entry.digest,
            entry.file,
            entry.beside,
        )
        if same and (into / learner / entry.file).exists():
            outcome.unchanged.append(entry)  # what lies there may have been mended by hand since
            return
        if before is not None:
            for path in {before.file, *before.beside} - {entry.file, *entry.beside}:
                writing.put_away(learner, path)
        writing.stage(learner, entry.file, data)
        for path, bytes_beside in beside.items():
            writing.stage(learner, folder + path, bytes_beside)
        (outcome.new if before is None else outcome.replaced).append(entry)


def _is_newer(before: Entry, entry: Entry) -> bool:
    return before.newer is not None and entry.newer is not None and before.newer > entry.newer


def _lies_beside(other: HandedIn, notebook: HandedIn) -> bool:
    folder = str(PurePosixPath(notebook.path).parent)
    prefix = "" if folder == "." else f"{folder}/"
    inside = other.path.removeprefix(prefix)
    return not is_notebook(other) and other.path.startswith(prefix) and may_lie_beside(inside, other.member.size)


def _with_their_names(notebook: Notebook) -> dict[str, bytes]:
    """The files beside a notebook by their paths from it. Those of the newest attempt, where there are several."""
    folder = PurePosixPath(notebook.file.path).parent
    found: dict[str, bytes] = {}
    room = MAX_ALL
    for other in sorted(notebook.beside, key=lambda o: -(o.newer or 0)):
        path = str(PurePosixPath(other.path).relative_to(folder))
        try:
            data = other.member.read()
        except Unreadable:
            continue
        if path not in found and len(data) <= room and len(found) < MAX_FILES:
            found[path] = data
            room -= len(data)
    return found
