"""What must be the same in the grader's own process after an attack as before."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import torch

MOST_MIB = 450
"""What grading one attack may add to the grader's memory at its peak: frames of 68 MiB, read, decoded and compared. 267
to 273 in 12 runs of the largest, whatever the load."""


class GraderState:
    """A snapshot; `changes()` names what is different now."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        self._memory = _peak_mib()
        self._before = self._look()

    def grown_mib(self) -> float:
        """How much the peak of this process's memory has risen."""
        return _peak_mib() - self._memory

    def changes(self) -> list[str]:
        """The parts that changed, with before and after. Waits a moment for a clearing up that is still going on."""
        end = time.monotonic() + 20.0
        while True:
            now = self._look()
            changed = [name for name in now if now[name] != self._before[name]]
            if now["descriptors"] < self._before["descriptors"]:
                changed.remove("descriptors")  # the clearing up of an earlier one had not ended
            found = [f"{name}: {self._before[name]} became {now[name]}" for name in changed]
            if not found or time.monotonic() > end:
                return found
            time.sleep(0.02)

    @staticmethod
    def _look() -> dict[str, Any]:
        return {
            "environment": dict(os.environ),
            "folder": os.getcwd(),
            "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)],
            "threads": sorted(t.name for t in threading.enumerate()),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "torch": [id(torch.equal), id(torch.allclose), torch.get_num_threads(), torch.get_default_dtype()],
            "path": list(sys.path),
            "exception hook": sys.excepthook,
        }


def _peak_mib() -> float:
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
