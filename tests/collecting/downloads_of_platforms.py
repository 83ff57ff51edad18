"""Downloads as the platforms write them, from the same class."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FEATURES, LORA = "02_feature_extraction", "04_lora_from_scratch"

CANVAS_HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,02 Feature extraction (101),Current Score,Final Score"
CANVAS_FIRST_ROWS = ",,,,,Manual Posting,,\n    Points Possible,,,,,9.0,(read only),(read only)\n"
MOODLE_HEADER = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),"
    "Last modified (grade),Feedback comments"
)


@dataclass(frozen=True)
class Learner:
    """One of a class, as all platforms know them."""

    first: str
    last: str
    number: int

    @property
    def email(self) -> str:
        return f"s{self.number}@example.org"


ADA = Learner("Ada", "Lovelace", 4711)
ZOE = Learner("Zoë", "O'Neil", 4712)
LIN = Learner("小林", "林", 4713)


def files(folder: Path) -> list[str]:
    """Every file below a folder, but the lock."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and p.name != ".collecting.lock")


def collected(folder: Path) -> dict[str, Any]:
    """collected.json."""
    return json.loads((folder / "collected.json").read_text(encoding="utf-8"))


def zipped(path: Path, files: Iterable[tuple[str, bytes]]) -> Path:
    """A zip with these files in this order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def canvas_name(learner: Learner, file: int, own: str, late: bool = False) -> str:
    """As `get_filename` and `add_upload_submission` of lib/content_zipper.rb build it."""
    name = "".join(c for c in f"{learner.last}, {learner.first}".lower() if c.isalnum() or c == "_")
    return f"{name}{'_LATE' if late else ''}_{learner.number}_{file}_{own}"


def canvas_roster(learners: Sequence[Learner]) -> str:
    """Grades > Export > Export Entire Gradebook."""
    rows = "".join(
        f'"{one.last}, {one.first}",{one.number},sis{one.number},s{one.number},Section A,,,\n' for one in learners
    )
    return f'{CANVAS_HEADER}\n{CANVAS_FIRST_ROWS}{rows}"Student, Test",999,,,Section A,,,\n'


def moodle_name(learner: Learner, participant: int, own: str, folders: bool = True, old: bool = False) -> str:
    """As mod/assign/classes/downloader.php builds it; `old` as before Moodle 4.2, with an underscore."""
    prefix = f"{learner.first} {learner.last}_{participant}_assignsubmission_file"
    return f"{prefix}{'_' if old else ''}/{own}" if folders else f"{prefix}_{own}"


def moodle_worksheet(participants: Sequence[tuple[Learner, int]]) -> str:
    """View all submissions > Download grading worksheet; with the byte order mark that Moodle writes."""
    rows = "".join(
        f'"Participant {number}","{one.first} {one.last}",{one.email},"Submitted for grading",,9.00,Yes,'
        '"Friday, 27 November 2026, 9:15 AM",-,\n'
        for one, number in participants
    )
    return f"\ufeff{MOODLE_HEADER}\n{rows}"


def gradescope_metadata(submissions: Sequence[tuple[int, Sequence[Learner], str]]) -> str:
    """submission_metadata.yml: number of the submission, its submitters, when it was created."""
    text = "---\n"
    for number, submitters, created in submissions:
        text += f"submission_{number}:\n  :submitters:\n"
        for one in submitters:
            text += f"  - :name: {one.first} {one.last}\n    :sid: '{one.number:08}'\n    :email: {one.email}\n"
        text += (
            f"  :created_at: {created}\n  :score: 0.0\n  :status: processed\n"
            "  :results:\n    score: 0.0\n    tests: []\n    output: No autograder.\n    extra_data: \n"
            "  :history:\n  - :submitters: []\n    :created_at: 2026-11-01 06:59:12.419858000 Z\n    :id: 216688425\n"
        )
    return text
