"""What is kept of a run on the cluster, so that the same command finds its jobs again: `OUT/cluster/run.json`."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from grader.files import cannot_write, write_atomic

FOLDER = "cluster"
FORMAT = 1


@dataclass
class Kept:
    """A run. name: that of its jobs; since: when it began, in nanoseconds by the clock of the output folder's disk;
    command: what each task runs; count: how many parts the class has; jobs: the ids of the arrays so far."""

    name: str
    since: int
    command: list[str]
    count: int
    jobs: list[str] = field(default_factory=list)
    format: int = FORMAT

    @classmethod
    def begin(cls, out: Path, command: list[str], count: int) -> Self:
        """A new run. Scripts and logs of an earlier one are removed."""
        folder = out / FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in (*folder.glob("*.log"), *folder.glob("*.sh"), folder / "run.json"):
                old.unlink(missing_ok=True)
            mark = folder / "begun"
            mark.write_bytes(b"")
            since = mark.stat().st_mtime_ns
        except OSError as error:
            raise cannot_write(error, folder) from error
        return cls(f"tl-grade-{secrets.token_hex(4)}", since, command, count)

    @classmethod
    def load(cls, out: Path) -> Self | None:
        """The run that was begun and has not ended; None if there is none."""
        try:
            kept = cls(**json.loads((out / FOLDER / "run.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        whole = isinstance(kept.since, int) and isinstance(kept.count, int) and kept.count > 0
        return kept if whole and isinstance(kept.name, str) and kept.format == FORMAT else None

    def save(self, out: Path) -> None:
        """Keep it."""
        write_atomic(out / FOLDER / "run.json", json.dumps(asdict(self), indent=1).encode())

    def end(self, out: Path) -> None:
        """It has ended: the next command begins a new one."""
        (out / FOLDER / "run.json").unlink(missing_ok=True)
