"""Who of the roster a person of the platform is: by number or email address, else by a name that only one has.

Nothing is guessed. Where several fit, or a name fits somebody whose number is another, the instructor is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.collecting.errors import BadRoster
from grader.collecting.folders import plain
from grader.collecting.handed_in import Person
from grader.collecting.roster import Row

Ask = Callable[[Person, list[Row]], Row | None]
"""Asks the instructor which one a person is; None for none of them, or where nobody can be asked."""


@dataclass
class Matched:
    """What is known of each person, by their keys."""

    rows: dict[str, Row] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    """What the instructor said that a folder is called."""
    said: set[str] = field(default_factory=set)
    """The keys of those of whom the instructor has said who they are."""
    unknown: list[Person] = field(default_factory=list)
    ambiguous: list[tuple[Person, list[Row]]] = field(default_factory=list)


def match(
    people: Mapping[str, Sequence[Person]],
    roster: Sequence[Row],
    says: Mapping[str, str],
    platform: str = "",
    ask: Ask = lambda person, rows: None,
    known: Mapping[str, str] | None = None,
) -> Matched:
    """Who everybody is.

    people: by their keys; a person whose platform numbers them anew in each assignment has several forms.
    says: what the instructor has said, `platform's name or number -> learner`. known: by key, who on the
    roster somebody was found to be before (`Row.said`). Raises BadRoster where `says` fits nobody, or more than one.
    """
    matched = Matched()
    _take_what_is_said(people, roster, says, matched)
    open_ones = [key for key in people if key not in matched.rows and key not in matched.folders]
    if not roster:
        return matched
    by_number = {key: _by_number(people[key], roster, platform) for key in open_ones}
    numbers_fit = any(row.sure for row in roster) and any(by_number.values())
    taken = {row.folder for row in matched.rows.values()}
    taken |= {found[0].folder for found in by_number.values() if len(found) == 1}
    forms = {key: _squeezed(people[key][0].name) for key in open_ones}
    for key in open_ones:
        person, found = people[key][0], by_number[key]
        before = [row for row in roster if known and row.said == known.get(key)]
        if len(found) != 1 and len(before) == 1:
            found = before
        if len(found) == 1:
            matched.rows[key] = found[0]
            continue
        named = found or [row for row in roster if forms[key] in _forms(row.name) and row.folder not in taken]
        alone = sum(form == forms[key] for form in forms.values()) == 1
        if len(named) == 1 and not found and alone and not (numbers_fit and person.id):
            matched.rows[key] = named[0]
            continue
        answer = ask(person, named) if named else None
        if answer is not None:
            matched.rows[key] = answer
        elif named:
            matched.ambiguous.append((person, named))
        else:
            matched.unknown.append(person)
    return matched


def _take_what_is_said(
    people: Mapping[str, Sequence[Person]], roster: Sequence[Row], says: Mapping[str, str], matched: Matched
) -> None:
    for who, learner in says.items():
        keys = [key for key, forms in people.items() if any(who in (p.id, p.name) for p in forms)]
        if len(keys) != 1:
            several = (
                " has several with that name: give the number" if keys else " holds nobody with that name or number"
            )
            raise BadRoster(f'--as "{who}={learner}": the download{several}')
        matched.said.add(keys[0])
        rows = [row for row in roster if learner in (row.folder, row.name, row.email, *row.numbers)]
        if len(rows) > 1:
            raise BadRoster(f'--as "{who}={learner}": the roster has {len(rows)} of them: give a number')
        if rows:
            matched.rows[keys[0]] = rows[0]
        elif folder := plain(learner):
            matched.folders[keys[0]] = folder
        else:
            raise BadRoster(f'--as "{who}={learner}": {learner!r} is no name for a folder')


def _by_number(forms: Sequence[Person], roster: Sequence[Row], platform: str) -> list[Row]:
    """The rows with the person's number or address. Where the platform has no number, what names them may be one.

    A number that may be of another numbering counts only together with the name.
    """
    sure = {f"{platform} {p.id}" for p in forms if p.id}
    wanted = {text.casefold() for p in forms for text in (p.email, None if p.id else p.name) if text}
    numbers = {p.id for p in forms if p.id}
    return [
        row
        for row in roster
        if sure & row.sure
        or wanted & {text.casefold() for text in (*row.numbers, row.email) if text}
        or (row.own_folder and any(plain(p.name) == row.folder for p in forms if not p.id))
        or (numbers & set(row.numbers) and _squeezed(forms[0].name) in _forms(row.name))
    ]


def _squeezed(name: str) -> str:
    """A name as Canvas writes it into file names: lower case, letters and digits alone."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name).casefold())


def _forms(name: str) -> set[str]:
    """The ways in which platforms write one name: "Lovelace, Ada" is "Ada Lovelace", too."""
    words = name.replace(",", " ").replace("_", " ").split()
    turned = [words[i:] + words[:i] for i in range(len(words))] if "," not in name else [words]
    if "," in name:
        last, first = name.split(",", 1)
        turned.append([*first.split(), *last.split()])
    return {form for order in turned if (form := _squeezed("".join(order)))}
