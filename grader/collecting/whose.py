"""Which folder is whose: as the instructor said, as it was before, by the roster, else by the platform's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.collecting.collected import Entry
from grader.collecting.folders import folder_for, plain
from grader.collecting.handed_in import Person
from grader.collecting.matching import Ask, match
from grader.collecting.roster import Row


@dataclass(frozen=True)
class Told:
    """What the instructor gives: a roster, who somebody is, and who can be asked."""

    roster: Sequence[Row] = ()
    says: Mapping[str, str] = field(default_factory=dict)
    ask: Ask = lambda person, rows: None


@dataclass
class Whose:
    """The folders by the keys of people, and what is not known of whom."""

    folders: dict[str, str]
    roster: dict[str, str]
    """Who they are on the roster, by their keys."""
    missing: list[Row]
    unknown: list[tuple[Person, str]]
    """Who is not on the roster, and their folder."""
    ambiguous: list[tuple[Person, str, list[Row]]]
    """Who may be one of several, their folder for now, and who they may be."""
    times: dict[str, str]
    """When those with a number handed in, where the roster tells."""


def whose(people: Mapping[str, Sequence[Person]], entries: Sequence[Entry], platform: str, told: Told) -> Whose:
    """A folder for everybody in `people` and of `entries`, who handed in before. Raises BadRoster."""
    before = {entry.key: entry.learner for entry in entries}
    everybody: dict[str, list[Person]] = {key: list(forms) for key, forms in people.items()}
    for entry in entries:
        everybody.setdefault(entry.key, []).append(Person(entry.name, entry.id))
    known = {entry.key: entry.roster for entry in entries if entry.roster}
    matched = match(everybody, told.roster, told.says, platform, told.ask, known)
    folders = dict(matched.folders)
    for key, row in matched.rows.items():
        # Somebody whose folder was named without the roster keeps it: results are kept under that name.
        stays = key in before and key not in matched.said and not row.own_folder
        anothers = stays and any(r.folder == before[key] for r in told.roster if r is not row)
        folders[key] = before[key] if stays and not anothers else row.folder
    for key, folder in before.items():
        folders.setdefault(key, folder)
    names = [plain(forms[0].name) for forms in everybody.values()]
    taken = {*folders.values(), *(row.folder for row in told.roster), *(n for n in names if names.count(n) > 1)}
    for key, forms in everybody.items():
        if key not in folders:
            folders[key] = folder_for(forms[0].name, forms[0].id, taken)
            taken.add(folders[key])
    for key, forms in everybody.items():
        if key not in matched.rows and key not in matched.said and _may_be_another(key, forms[0], everybody):
            matched.ambiguous.append((forms[0], []))
    maybe = {row.folder for _, rows in matched.ambiguous for row in rows}
    there = {row.folder for row in matched.rows.values()}
    key_of = {id(forms[0]): key for key, forms in everybody.items()}
    return Whose(
        folders,
        {key: row.said for key, row in matched.rows.items()},
        [row for row in told.roster if row.folder not in there | maybe],
        [(person, folders[key_of[id(person)]]) for person in matched.unknown],
        [(person, folders[key_of[id(person)]], rows) for person, rows in matched.ambiguous],
        {number: time for row in matched.rows.values() for number, time in row.times},
    )


def _may_be_another(key: str, person: Person, everybody: Mapping[str, Sequence[Person]]) -> bool:
    """Whether somebody known by name alone may be one of those with that name who are known by numbers."""
    alike = [other for other, forms in everybody.items() if other != key and forms[0].name == person.name]
    return key.startswith("name ") and bool(alike)
