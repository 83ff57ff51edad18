"""One writer to an output folder."""

import json
import os
import socket
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from grader.files import cannot_write, sweep, write_atomic

from .errors import OutputBusy

LOCK = ".grading.lock"
HOLDER = ".grading.json"  # beside the lock, because opening a lock file may empty it


class OutputLock:
    """Holds an output folder exclusively: `with OutputLock(out): ...`.

    The operating system releases the lock when its process ends, however it ends; no stale lock has to be removed by
    hand. Raises OutputBusy at once where another process holds it, OutputNotWritable where it cannot be made.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self._lock = FileLock(out / LOCK, timeout=0)

    def __enter__(self) -> Self:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
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
        (self.out / HOLDER).unlink(missing_ok=True)
        self._lock.release()

    def _holder(self) -> str:
        try:
            holder = json.loads((self.out / HOLDER).read_text())
            where = "" if holder["host"] == socket.gethostname() else f" on {holder['host']}"
            return f" (pid {int(holder['pid'])}{where}, since {holder['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""  # it has the lock and has not said yet who it is
