"""Earlier results: what a run replaced, kept under `OUT/earlier/<UTC time of the run>/`.

`records/` there holds the records that were replaced by different ones, as they were; `results.json` the results of the
whole class before the run. A run that changes nothing leaves no folder. The last KEPT runs stay.
"""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.files import write_atomic

FOLDER = "earlier"
KEPT = 10
"""Runs whose earlier results stay; the oldest go first. A folder with another name is nobody's to remove."""
_RUN = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?")
NAME = "%Y-%m-%dT%H-%M-%SZ"
_TIMES = ("seconds", "cpu_seconds", "answer_seconds", "graded_at")


class Keeper:
    """Keeps, for one run, the records that it replaces. Workers' threads may call it at a time."""

    def __init__(self, out: Path, when: datetime | None = None) -> None:
        self.out = out
        self.when = when
        self.run: Path | None = None
        """The folder of this run; None as long as nothing was replaced."""
        self._one = threading.Lock()

    def replaced(self, path: Path, data: bytes) -> None:
        """Called before `data` is written to the record `path`. Raises OutputFull or OutputNotWritable."""
        try:
            before = path.read_bytes()
        except OSError:
            return
        if not differs(before, data):
            return
        with self._one:
            if self.run is None:
                self.run = self._begin()
        write_atomic(self.run / path.relative_to(self.out), before)

    @property
    def folder(self) -> Path | None:
        """The folder of this run; also where others made it, who belong to the same run. None if nothing was kept."""
        if self.run is None and self.when is not None:
            run = self.out / FOLDER / f"{self.when:{NAME}}"
            return run if run.is_dir() else None
        return self.run

    def _begin(self) -> Path:
        name = f"{self.when or datetime.now(UTC):{NAME}}"
        run = self.out / FOLDER / name
        # A name that is free again, since the oldest run went, would stand before those of the same second.
        same = [each for each in runs(self.out) if each.name.startswith(name)]
        if same and self.when is None:
            run = self.out / FOLDER / f"{name}-{_order(same[-1])[1] + 1}"
        results = self.out / "results.json"
        if results.is_file() and not (run / results.name).exists():
            write_atomic(run / results.name, results.read_bytes())
            shutil.copystat(results, run / results.name)  # its time is that of the run before
        for old in [each for each in runs(self.out) if each != run][: -(KEPT - 1)]:
            shutil.rmtree(old, ignore_errors=True)
        return run


def runs(out: Path) -> list[Path]:
    """The folders of runs whose earlier results are kept, oldest first."""
    found = [each for each in (out / FOLDER).glob("*") if _RUN.fullmatch(each.name)]
    return sorted((each for each in found if each.is_dir() and not each.is_symlink()), key=_order)


def since(out: Path, run: Path) -> list[Path]:
    """`run` and the later runs, oldest first: the first of them that kept a record has it as it was before `run`."""
    return [each for each in runs(out) if _order(each) >= _order(run)]


def time_before(run: Path) -> str:
    """When the results were made that `run` replaced, in UTC; "" where that is not known."""
    with suppress(OSError):
        return f"{datetime.fromtimestamp((run / 'results.json').stat().st_mtime, UTC):%Y-%m-%d %H:%M} UTC"
    return ""


def submissions_before(run: Path) -> Iterator[dict[str, Any]]:
    """The submissions of the results.json before `run`, as far as they can be read."""
    with suppress(OSError, ValueError, RecursionError, TypeError, KeyError):
        for entry in json.loads((run / "results.json").read_bytes())["submissions"]:
            if isinstance(entry, dict):
                yield entry


def differs(before: bytes, after: bytes) -> bool:
    """Whether a record says something else, the time that grading took left aside. One that is damaged is not kept."""
    try:
        old, new = json.loads(before), json.loads(after)
        return {**old, **dict.fromkeys(_TIMES)} != {**new, **dict.fromkeys(_TIMES)}
    except (ValueError, TypeError, RecursionError):
        return False


def _order(run: Path) -> tuple[str, int]:
    time, _, count = run.name.partition("Z")
    return time, int(count[1:] or 1)
