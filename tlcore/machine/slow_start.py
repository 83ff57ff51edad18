"""A program that took long to start: on a cluster, mostly because its packages lie on a slow file system."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tlcore.machine.file_system import kind_of

SLOW = 8.0
"""Seconds that a command of ours waits for files, from which on one should know why; here it is less than one."""


def slow_start() -> str | None:
    """A sentence for a program that waited long for its own files since it was started, with the seconds; else None."""
    import psutil

    taken = time.time() - psutil.Process().create_time()
    computing = time.process_time()
    if taken - computing < SLOW:
        return None
    return (
        f"starting took {taken:.0f} seconds, {computing:.0f} of them computing: the environment {sys.prefix} is on a "
        f"slow file system ({kind_of(Path(sys.prefix)) or 'of unknown kind'}), or the machine is busy. "
        "The first cell of a notebook takes longer, too; what comes after it does not"
    )
