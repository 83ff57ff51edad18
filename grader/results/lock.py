"""Who writes to an output folder: one run that has it alone, or several shards of a class side by side.

A shard holds a lock of its own, `OUT/shards/3-of-8.lock`. A run that has the folder alone holds `OUT/.grading.lock`,
and goes on only if no shard is at work. Each takes its own lock first and looks at the other's afterwards: of two that
start at the same moment both may be turned away, but never both let in.
"""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.files import cannot_write, sweep, write_atomic
from grader.locks import Held, Lock

from .errors import OutputBusy

LOCK = ".grading.lock"
HOLDER = ".grading.json"  # beside the lock, because opening a lock file may empty it
SHARDS = "shards"
BEGAN = "began"  # in that folder: what shards replace is kept as that of one run
GATE_SECONDS = 60.0
"""How long a shard waits for its turn to do what shards do one at a time; each takes milliseconds."""


class OutputLock:
    """Holds an output folder exclusively: `with OutputLock(out): ...`.

    No stale lock has to be removed by hand: the system releases it when its process ends, and where the file system has
    no locks it is a lease that expires (see grader.locks). Raises OutputBusy if another process holds it,
    OutputNotWritable if it cannot be made.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self._lock = Lock(out / LOCK)
        self.began: datetime | None = None
        """When the shards began whose work this run finishes; None if there were none."""

    def __enter__(self) -> Self:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Held:
            raise OutputBusy(
                f"another tl grade is writing to {self.out}{_said(self.out / HOLDER)}: wait for it or choose another "
                "--out"
            ) from None
        except OSError as error:
            raise cannot_write(error, self.out) from error
        try:
            if busy := _shards_at_work(self.out):
                raise OutputBusy(
                    f"a part of a class is being graded into {self.out}: {', '.join(busy)}; wait for it, or choose "
                    "another --out"
                )
            self.began = _began(self.out)
            _say(self.out / HOLDER)
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
            if kind is None:  # nobody is at work there, and whoever comes now makes it anew
                shutil.rmtree(self.out / SHARDS, ignore_errors=True)
        self._lock.release()

    def alone(self) -> AbstractContextManager[None]:
        """For what only one may do at a time: this run is alone as it is."""
        return nullcontext()

    def check(self) -> None:
        """Raises OutputBusy if another process took the folder over, because this one was stopped for too long."""
        if self._lock.lost:
            raise OutputBusy(
                f"this run was stopped for so long that another took over {self.out}{_said(self.out / HOLDER)}: run "
                "the same command again when that one has ended; what was written stays valid"
            )


class ShardLock:
    """Holds one shard of an output folder, such as "3/8"; other shards may be graded into it at the same time.

    Raises what OutputLock does: OutputBusy if this very shard is being graded, or if a run has the folder alone.
    """

    def __init__(self, out: Path, shard: str) -> None:
        self.out, self.shard = out, shard
        self._path = out / SHARDS / f"{shard.replace('/', '-of-')}.lock"
        self._lock = Lock(self._path)
        self.began: datetime | None = None
        """When the first shard began, since the last run over all."""

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Held:
            raise OutputBusy(
                f"shard {self.shard} is being graded into {self.out} already{_said(_holder_of(self._path))}: wait for "
                "it, or choose another --out"
            ) from None
        except OSError as error:
            raise cannot_write(error, self.out) from error
        try:
            with self.alone():
                _say(_holder_of(self._path))
                self.began = _began(self.out)
                if self.began is None:
                    self.began = datetime.now(UTC).replace(microsecond=0)
                    write_atomic(self.out / SHARDS / BEGAN, self.began.isoformat().encode(), durable=False)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._lock.lost:
            _holder_of(self._path).unlink(missing_ok=True)
        self._lock.release()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For what only one may do at a time, such as making the course key.

        Raises OutputBusy if a run has the folder alone.
        """
        gate = Lock(self.out / LOCK)
        try:
            gate.acquire(wait=GATE_SECONDS)
        except Held:
            raise OutputBusy(
                f"another tl grade is writing to {self.out}{_said(self.out / HOLDER)}, and not as a shard: wait for "
                "it, or choose another --out"
            ) from None
        except OSError as error:
            raise cannot_write(error, self.out) from error
        try:
            yield
        finally:
            gate.release()

    def check(self) -> None:
        """Raises OutputBusy if another process took the shard over, because this one was stopped for too long."""
        if self._lock.lost:
            raise OutputBusy(
                f"this run was stopped for so long that another took over shard {self.shard} of {self.out}"
                f"{_said(_holder_of(self._path))}; what was written stays valid"
            )


def _began(out: Path) -> datetime | None:
    try:
        return datetime.fromisoformat((out / SHARDS / BEGAN).read_text())
    except (OSError, ValueError):
        return None


def _shards_at_work(out: Path) -> list[str]:
    """The shards that somebody holds, in words."""
    locks = {path.with_suffix("") if path.suffix == ".lease" else path for path in (out / SHARDS).glob("*.lock*")}
    if not locks:
        return []
    with ThreadPoolExecutor(min(len(locks), 64)) as pool:  # a lease is watched for a while
        held = list(pool.map(_is_held, sorted(locks)))
    return [name for name in held if name]


def _is_held(path: Path) -> str | None:
    lock = Lock(path)
    try:
        lock.acquire()
    except Held:
        return f"shard {path.stem.replace('-of-', '/')}{_said(_holder_of(path))}"
    except OSError as error:
        raise cannot_write(error, path) from error
    lock.release()
    return None


def _holder_of(lock: Path) -> Path:
    return lock.with_suffix(".json")


def _say(path: Path) -> None:
    """Write down who holds a lock."""
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": f"{datetime.now():%Y-%m-%d %H:%M:%S}"}
    write_atomic(path, json.dumps(holder).encode(), durable=False)


def _said(path: Path) -> str:
    """Who holds a lock, as far as it has been said."""
    try:
        holder = json.loads(path.read_text())
        where = "" if holder["host"] == socket.gethostname() else f" on {holder['host']}"
        return f" (pid {int(holder['pid'])}{where}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # it has the lock and has not said yet who it is
