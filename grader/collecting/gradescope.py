"""Gradescope: "Export Submissions" of a programming assignment.

    assignment_4321_export/submission_metadata.yml
    assignment_4321_export/submission_216975964/02_feature_extraction.ipynb

The metadata is YAML as Ruby writes it, with symbols for keys. For each folder it names the submitters and the time
(a published example: sjinang/temp0, submission_metadata.yml on GitHub):

    submission_216975964:
      :submitters:
      - :name: Ada Lovelace
        :sid: '06758767'
        :email: ada@example.org
      :created_at: 2023-12-02 02:52:07.938335000 Z
      :score: 0.0
      :history: []

Several submitters are a group: the notebook is each one's. The active submission alone is in the export; whether it was
late is not told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from grader.collecting.download import Download, Member, Unreadable
from grader.collecting.errors import NoDownload
from grader.collecting.handed_in import HandedIn, Listed, Person
from grader.collecting.metadata import MAX_BYTES, BadMetadata, scalars

NAME = "gradescope"
METADATA = "submission_metadata.yml"

_FOLDER = re.compile(r"submission_\d+")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?\s*(Z|UTC|[+-]\d\d:?\d\d)?")
_GROUP = 50
"""Submitters of one submission that are read."""


def fits(download: Download) -> bool:
    """Whether most of its files lie in folders of submissions, at most one folder deep."""
    files = [member for member in download.members if member.name != METADATA]
    return sum(_place(member) is not None for member in files) > len(files) / 2


def listed(download: Download, exercises: Sequence[str]) -> Listed:
    """The files by their folders and the metadata. Raises NoDownload where the metadata is missing or damaged."""
    told = _told(download)
    result = Listed()
    for member in download.members:
        place = _place(member)
        if place is None:
            if member.name != METADATA:
                result.left_out.append((member.source, "not in the folder of a submission"))
            continue
        folder, path = place
        people, time = told.get(folder, ((), None))
        if not people:
            result.left_out.append((member.source, f"{METADATA} does not say whose it is"))
            continue
        newer = round(time.timestamp() * 1e6) if time else None
        handed_in = time.isoformat(timespec="seconds") if time else None
        result.files.append(HandedIn(people, member, path, None, newer, handed_in))
    return result


def _place(member: Member) -> tuple[str, str] | None:
    """The folder of the submission and the path in it."""
    for at in (0, 1):
        parts = member.path.parts[at:]
        if len(parts) > 1 and _FOLDER.fullmatch(parts[0]):
            return parts[0], "/".join(parts[1:])
    return None


def _told(download: Download) -> dict[str, tuple[tuple[Person, ...], datetime | None]]:
    """For each folder who handed in and when."""
    found = [m for m in download.members if m.name == METADATA and len(m.path.parts) < 3]
    if len(found) != 1:
        raise NoDownload(
            f"{download.path} has folders of Gradescope's submissions and {len(found)} {METADATA}: export it again, or "
            "give each learner a folder and say --from zip"
        )
    if found[0].size > MAX_BYTES:
        raise NoDownload(f"{found[0].source} has more than {MAX_BYTES // 2**20} MiB: export without results")
    people: dict[str, dict[int, dict[str, str]]] = {}
    times: dict[str, datetime | None] = {}
    try:
        for path, value in scalars(found[0].read()):
            match path:
                case (str(folder), ":submitters", int(place), ":name" | ":sid" | ":email" as what) if place < _GROUP:
                    people.setdefault(folder, {}).setdefault(place, {})[what] = value.strip()[:200]
                case (str(folder), ":created_at"):
                    times[folder] = _time(value)
    except (BadMetadata, Unreadable) as error:
        raise NoDownload(f"{found[0].source} cannot be read: {error}") from None
    return {folder: (tuple(map(_person, each.values())), times.get(folder)) for folder, each in people.items()}


def _person(told: dict[str, str]) -> Person:
    email = told.get(":email") or None
    number = told.get(":sid") or email
    return Person(told.get(":name") or email or number or "(no name)", number, email)


def _time(text: str) -> datetime | None:
    known = _TIME.fullmatch(text.strip())
    if known is None:
        return None
    date, clock, fraction, zone = known.groups()
    zone = "+00:00" if zone in (None, "Z", "UTC") else zone
    try:
        return datetime.fromisoformat(f"{date}T{clock}.{(fraction or '0').ljust(6, '0')}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
