"""A program that took long to start: on a cluster, mostly because its packages lie on a slow file system."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tlcore.machine.file_system import kind_of

SLOW = 8.0
"""Seconds that a command of ours waits for files, from which on one should know why; here it is less than one."""
SCHEDULED = Path("/proc/self/schedstat")


def slow_start() -> str | None:
    """A sentence for a program that waited long for files since it was started, with the seconds; else None.

    What it computed is not counted, and on Linux not what it waited for a busy processor.
    """
    import psutil

    taken = time.time() - psutil.Process().create_time()
    waited = taken - time.process_time() - _queued()
    if waited < SLOW:
        return None
    return (
        f"starting took {taken:.0f} seconds, {waited:.0f} of them waiting for files: the environment {sys.prefix} is "
        f"on a slow file system ({kind_of(Path(sys.prefix)) or 'of unknown kind'}). "
        "The first cell of a notebook takes longer, too; what comes after it does not"
    )


def _queued() -> float:
    """Seconds that this process was ready and no processor was free: the second number of schedstat
    (https://docs.kernel.org/scheduler/sched-stats.html). 0 where the system does not tell."""
    try:
        return int(SCHEDULED.read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
