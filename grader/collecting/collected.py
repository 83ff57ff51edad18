"""`collected.json`: what lies in a folder of submissions, whose it is on the platform, and what was left out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from grader.collecting.errors import NotOurs
from grader.collecting.folders import plain
from grader.files import write_atomic
from grader.submissions import read_bytes

NAME = "collected.json"
FORMAT = 1
MOST_LEFT_OUT = 2_000
"""Lines on what was left out that are written; more are counted in one."""
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Entry:
    """One notebook in the folder."""

    learner: str
    exercise: str | None
    """None where the notebook is of no exercise that is known."""
    file: str
    """From the learner's folder."""
    id: str | None
    """The platform's number of the person."""
    name: str
    """The platform's own text."""
    attempt: int | None
    handed_in: str | None
    """ISO 8601."""
    late: bool | None
    source: str
    """The path in the download."""
    newer: int | None = None
    """What is larger in a newer attempt, where the platform tells."""
    digest: str = ""
    """SHA-256 of the notebook as it was handed in."""
    beside: tuple[str, ...] = ()
    """The files that lie beside it, from the learner's folder."""
    key: str = ""
    """Whose it is: see `Person.key`."""
    roster: str | None = None
    """Who it is on the roster, as `Row.said`; None where that is not known."""


@dataclass
class Collected:
    """The whole of collected.json."""

    platform: str
    collected: str
    """When, in ISO 8601."""
    entries: list[Entry] = field(default_factory=list)
    missing: list[dict[str, str | None]] = field(default_factory=list)
    """Name and number of those on the roster who handed in nothing."""
    left_out: list[dict[str, str]] = field(default_factory=list)
    """Source and reason of what the last download held and nobody gets points for."""

    def write(self, folder: Path) -> None:
        """Write it into `folder`, whole or not at all."""
        left_out = self.left_out[:MOST_LEFT_OUT]
        if more := len(self.left_out) - len(left_out):
            left_out = [*left_out, {"source": f"({more:,} more files)", "why": "not listed"}]
        data: dict[str, Any] = {"format": FORMAT, **asdict(self), "left_out": left_out}
        write_atomic(folder / NAME, (json.dumps(data, indent=1) + "\n").encode())


def read(folder: Path) -> Collected | None:
    """What was collected into `folder` before; None where nothing was. Raises NotOurs where the file is damaged."""
    path = folder / NAME
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("too large")
        data = json.loads(path.read_bytes())
        if data["format"] != FORMAT:
            raise NotOurs(
                f"{path} is of format {data['format']!r}, and this version of tl writes {FORMAT}: use another --into"
            )
        entries = [Entry(**{**entry, "beside": tuple(entry.get("beside", ()))}) for entry in data["entries"]]
        if not all(_is_inside(entry) for entry in entries):
            raise ValueError("a path leads out")
        return Collected(str(data["platform"]), str(data["collected"]), entries, data["missing"], data["left_out"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotOurs(
            f"{path} cannot be read ({type(error).__name__}): move it away, and collect all downloads again"
        ) from None


def _is_inside(entry: Entry) -> bool:
    paths = [PurePosixPath(path) for path in (entry.file, *entry.beside)]
    return entry.learner == plain(entry.learner) and all(
        p.parts and not p.is_absolute() and ".." not in p.parts for p in paths
    )


def carry_over(submissions: Path, out: Path) -> None:
    """Copy collected.json from a folder of submissions to the results, for the way back to the platform.

    Raises NotOurs where it is damaged; `out` keeps what it has.
    """
    if read(submissions) is not None:
        write_atomic(out / NAME, read_bytes(submissions / NAME))
