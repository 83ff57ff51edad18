"""Which learner is which row of a platform's file: by the platform's own id, else by exactly the same name."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """A row of a platform's file: its number, how it is shown, the platform's id, and all names that are exactly this
    person's (logins, ids of other systems, the name in each order)."""

    row: int
    shown: str
    id: str
    names: frozenset[str]


@dataclass
class Matched:
    """Who is who: the person of each learner, a sentence for each learner without one, and the persons left over."""

    people: dict[str, Person] = field(default_factory=dict)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    without: list[Person] = field(default_factory=list)


def match(learners: Iterable[str], people: list[Person], known: Mapping[str, "Identity"]) -> Matched:
    """Find each of `learners` (folder names) among `people`; nothing is guessed.

    A learner whose platform id is `known` is the person with this id and nobody else. Without an id it is the one
    person that has the folder's name, or the platform's name text, among its names. Where two learners lead to one
    person, neither is taken.
    """
    by_id: dict[str, list[Person]] = defaultdict(list)
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_id[person.id].append(person)
        for name in {same(name) for name in person.names} - {""}:
            by_name[name].append(person)
    result = Matched()
    claims: dict[int, list[str]] = defaultdict(list)
    for learner in sorted(set(learners)):
        identity = known.get(learner, Identity())
        if len(identity.ids) > 1:
            result.unknown.append((learner, f"has two ids in collected.json: {', '.join(sorted(identity.ids))}"))
            continue
        if identity.ids:
            (wanted,) = identity.ids
            found, how = by_id[wanted], f"id {wanted} is not in the template"
        else:
            names = {same(learner), *map(same, identity.names)} - {""}
            found = list({person.row: person for name in names for person in by_name[name]}.values())
            how = "no row has this name, login or id"
        if len(found) == 1:
            result.people[learner] = found[0]
            claims[found[0].row].append(learner)
        else:
            why = f"could be any of {len(found)}: {', '.join(person.shown for person in found[:3])}" if found else how
            result.unknown.append((learner, why))
    for claimants in claims.values():
        if len(claimants) > 1:
            for learner in claimants:
                person = result.people.pop(learner)
                others = ", ".join(other for other in claimants if other != learner)
                result.unknown.append((learner, f"{person.shown} is also {others}"))
    taken = {person.row for person in result.people.values()}
    result.without = [person for person in people if person.row not in taken]
    result.unknown.sort()
    return result


@dataclass
class Identity:
    """What the platform called a learner: its ids (one, unless something is wrong) and its own texts for the name."""

    ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def same(name: str) -> str:
    """What two writings of one name have in common: composed letters (macOS takes them apart), single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())
