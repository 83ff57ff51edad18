"""The environment: how long its files take to be read, which on a cluster decides how a notebook begins."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tlcore.machine.file_system import kind_of
from tlcore.machine.finding import Finding

SLOW_IMPORT = 20.0
"""Seconds for importing torch from which on one should know: from a local disk it takes two to five."""
PATIENCE = 300
_PROGRAM = "import time; began = time.perf_counter(); import torch; print(time.perf_counter() - began)"


def importing() -> Iterator[Finding]:
    """How long importing torch takes here: in this process if it has not been imported yet, else in a fresh one."""
    place = f"{sys.prefix} ({kind_of(Path(sys.prefix)) or 'file system not known'})"
    advice = (
        "each notebook's first cell takes that long: run it, and read on meanwhile. Those who run the machine can put "
        "the environment on a faster disk, or into one file (a container or squashfs image)"
    )
    try:
        taken, where = _seconds()
    except subprocess.TimeoutExpired:
        yield Finding("importing torch", "note", f"takes more than {PATIENCE} seconds from {place}", advice)
        return
    except (ImportError, OSError, ValueError):
        return  # the accelerator's row says that it cannot be imported, and what to do
    found = f"{taken:.1f} seconds{where}, from {place}"
    if taken < SLOW_IMPORT:
        yield Finding("importing torch", "fine", found)
    else:
        yield Finding("importing torch", "note", found, advice)


@lru_cache(maxsize=1)
def _seconds() -> tuple[float, str]:
    """The seconds, and in which process; measured once. Raises what the import raises, ValueError if it fails there."""
    if "torch" not in sys.modules:
        began = time.perf_counter()
        import torch  # noqa: F401

        return time.perf_counter() - began, ""
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
    )
    return float(run.stdout), " in a fresh process"
