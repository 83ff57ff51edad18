"""One writer to an output folder."""

import json
import os
import socket
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.files import cannot_write, sweep, write_atomic
from grader.locks import Held, Lock

from .errors import OutputBusy

LOCK = ".grading.lock"
HOLDER = ".grading.json"  # beside the lock, because opening a lock file may empty it


class OutputLock:
    """Holds an output folder exclusively: `with OutputLock(out): ...`.

    No stale lock has to be removed by hand: the system releases it when its process ends, and where the file system has
    no locks it is a lease that expires (see grader.locks). Raises OutputBusy if another process holds it,
    OutputNotWritable if it cannot be made.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self._lock = Lock(out / LOCK)

    def __enter__(self) -> Self:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Held:
            raise OutputBusy(
                f"another tl grade is writing to {self.out}{self._holder()}: wait for it or choose another --out"
            ) from None
        except OSError as error:
            raise cannot_write(error, self.out) from error
        try:
            holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": f"{datetime.now():%Y-%m-%d %H:%M:%S}"}
            write_atomic(self.out / HOLDER, json.dumps(holder).encode(), durable=False)
            sweep(self.out)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._lock.lost:
            (self.out / HOLDER).unlink(missing_ok=True)
        self._lock.release()

    def check(self) -> None:
        """Raises OutputBusy if another process took the folder over, because this one was stopped for too long."""
        if self._lock.lost:
            raise OutputBusy(
                f"this run was stopped for so long that another took over {self.out}{self._holder()}: run the same "
                "command again when that one has ended; what was written stays valid"
            )

    def _holder(self) -> str:
        try:
            holder = json.loads((self.out / HOLDER).read_text())
            where = "" if holder["host"] == socket.gethostname() else f" on {holder['host']}"
            return f" (pid {int(holder['pid'])}{where}, since {holder['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""  # it has the lock and has not said yet who it is
