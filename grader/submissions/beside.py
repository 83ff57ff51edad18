"""What lies beside a notebook and is read by it: its own modules, and small data. Text only, and little of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from grader.submissions.notebook import NotReadable, read_bytes

MAX_FILE, MAX_ALL, MAX_FILES = 2**17, 2**19, 40
"""Bytes of one file and of all of them; and how many there may be."""
MAX_LOOKED_AT = 500
"""Entries of the folder, and of those in it, that are looked at."""
DEPTH = 2
ENDINGS = (".py", ".csv", ".tsv", ".json", ".txt", ".yaml", ".yml", ".toml")
"""Modules first: where there is too much, data is left out."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")
_OURS = {"tlcore", "grader", "remote"}
"""A learner's bundle holds them, and the sandbox has its own."""


def texts_beside(notebook: Path, below: Path | None = None) -> tuple[dict[str, str], list[str]]:
    """The texts by their paths from the notebook's folder, and a remark where something was left out.

    below: the folder of the class, from which no link is followed on the way.
    """
    texts: dict[str, str] = {}
    left_out: list[str] = []
    room = MAX_ALL
    found = sorted(_files(notebook.parent, ""), key=lambda file: (ENDINGS.index(file[1].suffix.lower()), file[0]))
    for name, path in found:
        try:
            size = path.lstat().st_size
            if size > min(MAX_FILE, room) or len(texts) == MAX_FILES:
                left_out.append(name)
                continue
            text = read_bytes(path, below).decode("utf-8")
        except (NotReadable, OSError, UnicodeDecodeError):
            continue
        texts[name] = text
        room -= size
    if not left_out:
        return texts, []
    some = ", ".join(left_out[:3]) + (f" and {len(left_out) - 3} more" if len(left_out) > 3 else "")
    return texts, [f"too large to be there for the notebook: {some}"]


def may_lie_beside(path: str, size: int) -> bool:
    """Whether a file at `path` from a notebook's folder, of `size` bytes, would be there for the notebook."""
    *folders, name = path.split("/")
    return (
        size <= MAX_FILE
        and len(folders) < DEPTH
        and all(_NAME.fullmatch(part) for part in (*folders, name))
        and not any(folder in _OURS or folder == "__pycache__" for folder in folders)
        and name.lower().endswith(ENDINGS)
    )


def _files(folder: Path, prefix: str, depth: int = DEPTH) -> Iterator[tuple[str, Path]]:
    try:
        with os.scandir(folder) as entries:
            some = [entry for entry, _ in zip(entries, range(MAX_LOOKED_AT), strict=False)]
    except OSError:
        return
    for entry in sorted(some, key=lambda e: e.name):
        if not _NAME.fullmatch(entry.name) or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth > 1 and entry.name not in _OURS and entry.name != "__pycache__":
                yield from _files(Path(entry.path), f"{prefix}{entry.name}/", depth - 1)
        elif entry.name.lower().endswith(ENDINGS) and entry.is_file(follow_symlinks=False):
            yield f"{prefix}{entry.name}", Path(entry.path)
