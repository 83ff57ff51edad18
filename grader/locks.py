"""One holder at a time, on every file system.

Where the file system has locks of its own, the system releases them when their process ends, however it ends. Some
cluster file systems (Lustre mounted without `flock`, some NFS and BeeGFS mounts) have none. There a lease stands in: a
file that its holder renews, and that the next one takes over when it has not been renewed for a while.
"""

import errno
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, SoftFileLease, Timeout

LEASE_SECONDS = 120.0
"""How long a lease lasts without being renewed; it is renewed three times in that time.

Changing it makes leases of an earlier version unreadable: filelock refuses to judge one of another duration."""

_NO_LOCKS_HERE = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP}
_LOOK_SECONDS = 0.1
_QUIET_SECONDS = 1.0  # a wait that is shorter than this is not worth a line


class Held(Exception):
    """Somebody else holds the lock."""


class Lock:
    """A lock on `path`; where the file system has no locks, a lease on `path` with `.lease` at its end.

    `say` is given a line when a lease has to be waited for, and when one is taken over.
    Everybody who locks `path` has to name the same `lease_seconds`.
    """

    def __init__(
        self, path: Path, lease_seconds: float | None = None, say: Callable[[str], None] | None = None
    ) -> None:
        self._path = path
        self._lease_seconds = LEASE_SECONDS if lease_seconds is None else lease_seconds
        self._say = say or _to_stderr
        # Left alone, filelock would take a lock file that nothing removes when its owner on another node is killed.
        self._native = FileLock(path, fallback_to_soft=False)
        self._lease: SoftFileLease | None = None

    def acquire(self, wait: float = 0.0, watch: bool = True) -> None:
        """Take the lock. Raises Held if somebody else still has it after `wait` seconds, OSError if it cannot be made.

        Whether the holder of a lease is alive can be seen only by watching it: this takes until it is renewed (then it
        is held) or until it expires (then it is taken over). Without `watch`, a lease counts as held. The lease of a
        process that ended on this machine is taken over at once.
        """
        try:
            self._native.acquire(timeout=wait)
        except Timeout:
            raise Held(str(self._path)) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS_HERE:
                raise
            self._take_lease(wait, watch)

    def release(self) -> None:
        """Give the lock up."""
        if self._lease is not None:
            self._lease.release()
            self._lease = None
        else:
            self._native.release()

    @property
    def lost(self) -> bool:
        """Whether somebody took the lease over, because this process was stopped for too long."""
        if self._lease is None:
            return False
        owner = self._lease.owner
        return self._lease.compromise is not None or (owner is not None and owner.token != self._lease.token)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _take_lease(self, wait: float, watch: bool) -> None:
        path = self._path.with_name(f"{self._path.name}.lease")
        lease = SoftFileLease(path, lease_duration=self._lease_seconds, thread_local=False)
        began = time.monotonic()
        first = _state(path)
        blank_is_left = began + self._lease_seconds
        said = False
        while True:
            owner = lease.owner
            try:
                lease.acquire(timeout=0)
                break
            except Timeout:
                pass
            waited = time.monotonic() - began
            if time.monotonic() > blank_is_left and _state(path) == first and _is_blank(path):
                _disown(path)
                first = _state(path)
            if not watch or (waited >= wait and _state(path) != first):
                raise Held(str(self._path)) from None
            if waited > _QUIET_SECONDS and not said:
                self._say(
                    f"{path} was left by a program that is at work or was killed: watching it for up to "
                    f"{self._lease_seconds:g} seconds"
                )
                said = True
            time.sleep(_LOOK_SECONDS)
        if owner is not None:
            host = owner.hostname.partition("?")[0]  # filelock adds marks of its own behind a question mark
            self._say(f"took over {path} from process {owner.pid} on {host}, which did not give it up")
        self._lease = lease


def why_no_locks(folder: Path) -> str | None:
    """Why files in `folder` cannot be locked, in the system's words; None where they can. Raises OSError where no file
    can be made."""
    with tempfile.TemporaryDirectory(prefix=".tl-", dir=folder) as trial:
        try:
            with FileLock(Path(trial) / "lock", fallback_to_soft=False):
                return None
        except OSError as error:
            if error.errno not in _NO_LOCKS_HERE:
                raise
            return error.strerror or str(error)


def _state(path: Path) -> tuple[int, int] | None:
    """What changes whenever a lease is renewed or made anew."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _is_blank(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError:
        return False


def _disown(path: Path) -> None:
    """Let filelock take over a lease without a word in it: its maker was killed between creating and writing it.

    filelock honours such a file for ever, for an earlier version wrote no more than that; none of ours is as old. What
    is written here is what filelock writes into a lease that it gave up. A maker that wakes up after all
    writes over it.
    """
    with suppress(OSError), path.open("r+b") as lease:
        lease.write(b"filelock/released\n")


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
