"""What `tl collect` noted of a download, as far as pages and exports need it: `collected.json` beside the results."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from .errors import ExportError
from .people import Identity

FILE = "collected.json"


@dataclass
class Collected:
    """The platform that the submissions came from (empty where they were not collected), and who is who there."""

    platform: str = ""
    people: dict[str, Identity] = field(default_factory=dict)
    handed_in: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """By learner and exercise: the id under which it was handed in."""
    late: set[tuple[str, str]] = field(default_factory=set)
    """Learner and exercise of what the platform says was handed in late."""
    missing: list[str] = field(default_factory=list)
    """Names of those on the list of the class who handed in nothing, in order."""

    def on(self, platform: str) -> dict[str, Identity]:
        """Who is who on `platform`. The ids of another platform mean nothing there; its names may."""
        if self.platform == platform:
            return self.people
        return {learner: Identity(names=identity.names) for learner, identity in self.people.items()}

    def at(self, platform: str, exercise: str) -> dict[str, Identity]:
        """Who is who in the assignment of one exercise, where `platform` gives everybody an id for each assignment."""
        known = self.on(platform)
        if self.platform != platform or not self.handed_in:
            return known
        return {
            learner: Identity(self.handed_in.get((learner, exercise), set()), identity.names)
            for learner, identity in known.items()
        }


def read_collected(graded: Path) -> Collected:
    """Read GRADED/collected.json; an empty one where there is no such file. Raises ExportError for a damaged one."""
    path = graded / FILE
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Collected()
    except (OSError, ValueError, RecursionError) as error:
        raise ExportError(
            f"cannot read {path} ({type(error).__name__}): run `tl collect` and `tl grade` again"
        ) from None
    known = isinstance(data, dict) and data.get("format") == 1
    if not known or not all(isinstance(each, list) for each in (data.get("entries"), data.get("missing", []))):
        raise ExportError(f"{path} is not of a form that this version knows: run `tl collect` and `tl grade` again")
    people: dict[str, Identity] = defaultdict(Identity)
    handed_in: dict[tuple[str, str], set[str]] = defaultdict(set)
    late: set[tuple[str, str]] = set()
    for entry in data["entries"]:
        learner = entry.get("learner") if isinstance(entry, dict) else None
        if not isinstance(learner, str):
            raise ExportError(f"{path} has an entry without a learner: run `tl collect` and `tl grade` again")
        if entry.get("id") not in (None, ""):
            people[learner].ids.add(str(entry["id"]))
            handed_in[learner, str(entry.get("exercise"))].add(str(entry["id"]))
        if isinstance(entry.get("name"), str):
            people[learner].names.add(entry["name"])
        if entry.get("late") is True:
            late.add((learner, str(entry.get("exercise"))))
    missing = {
        str(person["name"]) for person in data.get("missing", []) if isinstance(person, dict) and "name" in person
    }
    in_order = sorted(missing, key=lambda name: (name.casefold(), name))
    return Collected(str(data.get("platform", "")), dict(people), dict(handed_in), late, in_order)
