"""On which kind of file system a path is: on a cluster that says more about waiting than the processor does."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")


def kind_of(path: Path) -> str | None:
    """The kind of the file system that `path` is on, such as ext4, nfs4 or lustre; None where the system tells none."""
    return mount_of(path)[1]


def mount_of(path: Path) -> tuple[Path | None, str | None]:
    """Where the file system that `path` is on is mounted, and its kind; None for both where the system tells none.

    Fields of a line of mountinfo: https://docs.kernel.org/filesystems/proc.html, section 3.5.
    """
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None, None
    path = Path(os.path.realpath(path))
    mount: tuple[Path | None, str | None] = None, None
    longest = -1
    for line in lines:
        place, separator, rest = line.partition(" - ")
        if not separator:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), place.split()[4]))
        # The last mount on a place is the one that is seen.
        if path.is_relative_to(point) and len(point.parts) >= longest:
            mount, longest = (point, rest.split()[0]), len(point.parts)
    return mount
