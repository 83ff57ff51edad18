"""How much of a disk one may fill: what `quota`, or Lustre's `lfs quota`, says about a folder's file system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tlcore.machine.file_system import mount_of

SECONDS = 5.0
"""How long to wait for an answer: it may come from a server that is away."""
NEARLY = 0.9
"""From this share of a quota on one should know."""
_ENTRY = re.compile(r"^\s*(?P<place>/\S*)\s+(?P<used>\d+)\*?\s+(?P<soft>\d+)\s+(?P<hard>\d+)\s", re.MULTILINE)


@dataclass(frozen=True)
class Quota:
    """Bytes that are used, and that may be used."""

    used: int
    allowed: int

    @property
    def nearly_full(self) -> bool:
        """Whether there is little room left."""
        return self.used >= NEARLY * self.allowed


def quota_of(folder: Path) -> Quota | None:
    """This user's quota on the file system of `folder`; None where there is none, or nobody tells it.

    Asks `lfs quota` on Lustre, and `quota` of the Linux quota tools elsewhere, NFS included. Both print the place, then
    what is used, the soft and the hard limit in KiB, 0 for no limit (quota(1), lfs-quota(1)). Clusters with a command
    of their own are not asked.
    """
    place, kind = mount_of(folder)
    if place is None or not hasattr(os, "getuid"):
        return None
    if kind == "lustre":
        command = ["lfs", "quota", "-q", "-u", str(os.getuid()), str(place)]
    else:
        command = ["quota", "--user", "--no-wrap", "--raw-grace", "--show-mntpoint", "--hide-device"]
    if shutil.which(command[0]) is None:
        return None
    try:
        # Its status says whether a quota is exceeded, not whether it works.
        said = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS, stdin=subprocess.DEVNULL
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    for entry in _ENTRY.finditer(said):  # lfs begins a new line after a long place
        if Path(entry["place"]) == place:
            limits = [int(entry[limit]) for limit in ("soft", "hard") if int(entry[limit])]
            return Quota(int(entry["used"]) * 1024, min(limits) * 1024) if limits else None
    return None
