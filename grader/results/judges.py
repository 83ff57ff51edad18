"""What each `judged_by` digest stands for: `OUT/judged_by.json`, to tell by which sources two gradings differ.

A record has one digest of all that decided its points. This file says, digest by digest, which files that were.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE = "judged_by.json"
KEPT = 12
"""Digests of one exercise that are kept, the newest."""


def read_judges(out: Path) -> dict[str, dict[str, Any]]:
    """Digest -> {"exercise": …, "files": {path: digest}}; what is not there or damaged is left out."""
    found: dict[str, dict[str, Any]] = {}
    with suppress(OSError, ValueError, RecursionError, AttributeError):
        for digest, entry in json.loads((out / FILE).read_bytes()).items():
            files = entry.get("files")
            if isinstance(entry.get("exercise"), str) and isinstance(files, dict) and all(map(_text, files.values())):
                found[digest] = {"exercise": entry["exercise"], "files": files}
    return found


def with_judge(known: dict[str, dict[str, Any]], digest: str, exercise: str, files: dict[str, str]) -> bool:
    """Add a digest to `known`, in place; whether that changed it."""
    if digest in known:
        return False
    known[digest] = {"exercise": exercise, "files": files}
    of_exercise = [each for each, entry in known.items() if entry["exercise"] == exercise]
    for old in of_exercise[:-KEPT]:
        del known[old]
    return True


def changed_files(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The files that differ between two entries, or are in one of them only."""
    old, new = before["files"], after["files"]
    return sorted(path for path in {*old, *new} if old.get(path) != new.get(path))


def _text(value: Any) -> bool:
    return isinstance(value, str)
