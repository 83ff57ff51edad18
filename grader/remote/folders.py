"""Folders for what tools save. A session's lie in its own /tmp and go with it; the grader's own go when it ends."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache


def new_folder() -> str:
    """The path of a new, empty folder, which is removed when this process ends."""
    return tempfile.mkdtemp(dir=_of_process(os.getpid()))


@cache
def _of_process(pid: int) -> str:
    folder = tempfile.mkdtemp(prefix="tl-saved-")
    atexit.register(_remove, folder, pid)
    return folder


def _remove(folder: str, pid: int) -> None:
    if os.getpid() == pid:  # not when a fork of that process ends
        shutil.rmtree(folder, ignore_errors=True)
