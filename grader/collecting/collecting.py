"""From downloads to a folder of submissions: `<learner>/<exercise>.ipynb`, and collected.json beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.collecting.attempts import choose
from grader.collecting.collected import Collected, Entry, read
from grader.collecting.download import Unreadable, opened
from grader.collecting.errors import NotOurs
from grader.collecting.handed_in import HandedIn, Person
from grader.collecting.layouts import layout_of
from grader.collecting.notebooks import Place, Theirs, file_of, notebooks_of
from grader.collecting.whose import Told, Whose, whose
from grader.collecting.writing import Writing, alone_in

Step = Callable[[str], None]


@dataclass
class Outcome:
    """What a run of `tl collect` did."""

    collected: Collected
    whose: Whose
    new: list[Entry] = field(default_factory=list)
    replaced: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    older: list[tuple[str, str]] = field(default_factory=list)
    """What does not count because something newer, or the same, does."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """What may be somebody's work and was not taken."""
    others: list[tuple[str, str]] = field(default_factory=list)
    """Files that are no notebooks and lie beside none."""


@dataclass
class _Read:
    """What the downloads hold."""

    platform: str | None
    files: list[list[HandedIn]] = field(default_factory=list)
    """Of each download."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)


def collect(
    downloads: Sequence[Path],
    into: Path,
    exercises: Sequence[str],
    told: Told | None = None,
    platform: str | None = None,
    step: Step = lambda name: None,
) -> Outcome:
    """Collect what was handed in from `downloads` into `into`.

    platform: "canvas", …; None to tell it from the download. Raises CollectError with what to
    do; then `into` is as it was, or the same command again completes it.
    """
    told = told or Told()
    with alone_in(into), ExitStack() as stack:
        earlier = read(into) or Collected("", "")
        found = _Read(earlier.platform or None)
        for path in downloads:
            step(path.name)
            _read(path, into, exercises, platform, found, stack)
        by_number = {entry.id for entry in earlier.entries if entry.key.startswith("id ")} | set(told.says)
        found.files = [[_as_known(file, by_number) for file in files] for files in found.files]
        people: dict[str, list[Person]] = {}
        for person in (person for files in found.files for file in files for person in file.people):
            forms = people.setdefault(person.key, [])
            if person not in forms:
                forms.append(person)
        theirs = whose(people, earlier.entries, found.platform or "", told)
        step("writing")
        return _write(into, found, earlier, theirs, exercises, bool(told.roster))


def _read(
    path: Path, into: Path, exercises: Sequence[str], platform: str | None, found: _Read, stack: ExitStack
) -> None:
    if path.resolve() == into.resolve():
        raise NotOurs(f"{path} is the download and the folder to collect into: choose another --into")
    download = stack.enter_context(opened(path))
    layout = layout_of(download, platform)
    if found.platform not in (None, layout.NAME):
        raise NotOurs(
            f"{path} is of the kind {layout.NAME}, and what was collected into {into} of the kind {found.platform}: "
            "choose another --into, for each platform numbers people in its own way"
        )
    found.platform = layout.NAME
    listed = layout.listed(download, exercises)
    found.refused += download.left_out
    found.others += listed.left_out
    found.files.append(listed.files)


def _as_known(file: HandedIn, numbers: set[str | None]) -> HandedIn:
    """`file`, in which those of whom the number says who they are go by it."""
    people = tuple(replace(p, lasting=True) if p.id and p.id in numbers else p for p in file.people)
    return replace(file, people=people)


def _write(
    into: Path, found: _Read, earlier: Collected, theirs: Whose, exercises: Sequence[str], roster: bool
) -> Outcome:
    collected = Collected(found.platform or "", datetime.now(UTC).isoformat(timespec="seconds"))
    outcome = Outcome(collected, theirs, refused=found.refused, others=found.others)
    with Writing(into) as writing:
        entries = _renamed(earlier.entries, theirs, writing)
        by_place: dict[Place, list[Theirs]] = {}
        for files in found.files:
            for place, notebook in notebooks_of(files, theirs.folders, exercises, outcome.refused, outcome.others):
                by_place.setdefault(place, []).append(notebook)
        for place, several in by_place.items():
            _one(place, several, entries, writing, outcome)
        writing.apply()
        collected.entries = [entries[place] for place in sorted(entries, key=lambda p: (p[0], p[1] or "", p[2]))]
        collected.missing = _missing(theirs, earlier, collected.entries, roster)
        left_out = (*outcome.older, *outcome.refused, *outcome.others)
        collected.left_out = [{"source": source, "why": why} for source, why in left_out]
        collected.write(into)
    return outcome


def _renamed(before: list[Entry], theirs: Whose, writing: Writing) -> dict[Place, Entry]:
    """The entries of earlier runs by their places, in the folders that are their learners' now."""
    entries: dict[Place, Entry] = {}
    for entry in before:
        learner = theirs.folders[entry.key]
        moved = replace(entry, learner=learner, roster=theirs.roster.get(entry.key, entry.roster))
        place = (learner, entry.exercise, "" if entry.exercise else entry.file)
        if learner != entry.learner:
            for path in (entry.file, *entry.beside):
                writing.rename(entry.learner, path, learner)
        entries[place] = moved
    return entries


def _one(
    place: Place,
    several: list[Theirs],
    entries: dict[Place, Entry],
    writing: Writing,
    outcome: Outcome,
) -> None:
    """Stage the notebook that counts for one exercise of one learner, unless what lies there is the same or newer."""
    before = entries.get(place)
    if (problem := _of_two_people(several, before)) is not None:
        outcome.refused += [(each.notebook.file.member.source, problem) for each in several]
        return
    choice = choose([each.notebook for each in several])
    left_out = [(notebook.file.member.source, why) for notebook, why in choice.others]
    if choice.chosen is None:
        outcome.refused += left_out
        return
    outcome.older += left_out
    person = next(each.person for each in several if each.notebook is choice.chosen)
    source = choice.chosen.file.member.source
    try:
        entry, files = file_of(place, person, choice.chosen, outcome.whose.roster.get(person.key))
    except Unreadable as error:
        outcome.refused.append((source, str(error)))
        return
    if entry.handed_in is None:
        entry = replace(entry, handed_in=outcome.whose.times.get(person.id or ""))
    if before is not None and before.key == entry.key:  # what an earlier roster told is not forgotten without one
        told = before.handed_in if before.digest == entry.digest else None
        entry = replace(entry, roster=entry.roster or before.roster, handed_in=entry.handed_in or told)
    if before is not None and None not in (before.newer, entry.newer) and before.newer > entry.newer:  # type: ignore[operator]
        outcome.older.append((source, "an older attempt than the one that was collected before"))
        return
    entries[place] = entry
    same = before is not None and (before.digest, before.file, before.beside) == (
        entry.digest,
        entry.file,
        entry.beside,
    )
    if same and writing.will_be(place[0], entry.file):
        outcome.unchanged.append(entry)  # what lies there may have been mended by hand since
        return
    if before is not None:
        for path in sorted({before.file, *before.beside} - set(files)):
            writing.put_away(place[0], path)
    for path, data in files.items():
        writing.stage(place[0], path, data)
    (outcome.new if before is None else outcome.replaced).append(entry)


def _of_two_people(several: list[Theirs], before: Entry | None) -> str | None:
    """What to do where one exercise was handed in under two numbers, and only the name is the same."""
    numbers = {each.person.id for each in several if not each.person.lasting}
    if before is not None and before.key.startswith("name ") and numbers:
        numbers.add(before.id)
    if len(numbers) < 2:
        return None
    one, other = sorted(map(str, numbers))[:2]
    return (
        f"numbers {one} and {other} have the same name: if they are one person, say --as {one}=NAME --as {other}=NAME, "
        "else with two names"
    )


def _missing(theirs: Whose, earlier: Collected, entries: list[Entry], roster: bool) -> list[dict[str, str | None]]:
    if roster:
        return [{"name": row.name, "id": row.numbers[0] if row.numbers else None} for row in theirs.missing]
    there = {value for entry in entries for value in (entry.id, entry.name) if value}
    return [row for row in earlier.missing if row.get("id") not in there and row.get("name") not in there]
