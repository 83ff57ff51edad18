"""From a shared folder into one's own: which folder is shared, where the copies go, and what stood in the way."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

EXERCISE = re.compile(r"\d\d_[a-z][a-z0-9_]*\.ipynb")
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


def exercises_in(folder: Path) -> list[Path]:
    """The notebooks of exercises in `folder`, or in a folder `exercises` in it; none where one may see none."""
    for place in (folder, folder / "exercises"):
        try:
            found = sorted(path for path in place.glob("*.ipynb") if EXERCISE.fullmatch(path.name))
        except PermissionError:
            continue
        if found:
            return found
    return []


def is_shared(folder: Path) -> bool:
    """Whether a folder holds exercises and is for reading only: copies of them have to go elsewhere."""
    found = exercises_in(folder)
    return bool(found) and not os.access(found[0].parent, os.W_OK)


def own_place(name: str) -> Path:
    """Where somebody's copies go who named a shared folder only: `name` here, or in the home where nothing can be
    written here."""
    here = Path(name)
    if os.access(here if here.is_dir() else Path.cwd(), os.W_OK):
        return here
    return Path.home() / name


def why_not_written(folder: Path, error: OSError) -> str:
    """A sentence on why `folder` cannot be filled, and what to do."""
    why = error.strerror or type(error).__name__
    if error.errno in _FULL:
        return (
            f"there is no room in {folder} ({why}): delete what you do not need there, or name a folder on another "
            "disk; what was copied stays, and the same command goes on from there"
        )
    if error.errno in _NOT_ALLOWED:
        return f"{folder} cannot be written ({why}): name a folder of your own"
    return f"{folder} cannot be written ({why}): choose another folder"


def why_not_read(folder: Path) -> str:
    """A sentence on why there are no exercises to copy in `folder`, and what to do."""
    if not folder.exists():
        return f"there is no {folder}: ask those who run the workshop where its notebooks are"
    if not os.access(folder, os.R_OK | os.X_OK):
        return f"you may not read {folder}: ask those who run the workshop to open it for you (chmod a+rX)"
    return f"there are no notebooks of exercises in {folder}: ask those who run the workshop where they are"
