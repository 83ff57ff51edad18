"""The processes below the supervisor: how many, how much CPU time and memory, and their end.

Where there is no /proc (macOS, tier none) the tree cannot be seen: counts are zero, the end is a signal to the group.
"""

import errno
import os
import resource
import signal
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGESIZE")
_LONG, _BETWEEN = 1.0, 0.2
"""Seconds after which an end takes long, and between two words about one that does."""


@dataclass(frozen=True)
class Load:
    """What a tree uses: processes and their threads now, CPU seconds from its beginning, bytes of memory now (an upper
    bound)."""

    processes: int
    threads: int
    cpu_seconds: float
    bytes_at_most: int


@dataclass(frozen=True)
class Held:
    """What a tree holds open now: bytes of files that have no name any more (an upper bound), sockets."""

    nameless_bytes: int
    sockets: int


class Tree:
    """All processes below this one. `is_init` says that this is pid 1 of its own pid namespace with its own /proc."""

    def __init__(self, is_init: bool, group: int):
        self._is_init = is_init
        self._group = group
        self._own_seconds: dict[int, float] = {}
        self._gone_seconds = 0.0

    def pids(self) -> list[int]:
        """The processes below this one, this one not among them."""
        if self._is_init:
            return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        found: list[int] = []
        waiting = [os.getpid()]
        while waiting:
            pid = waiting.pop()
            with suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children", "rb") as children:
                        below = [int(word) for word in children.read().split()]
                    found += below
                    waiting += below
        return found

    def load(self) -> Load:
        """Measure the tree, cheaply: memory counts pages that are shared with the fork server as if they were not."""
        cpu, memory, threads = reaped_cpu_seconds(), 0, 0
        own: dict[int, float] = {}
        for pid in self.pids():
            with suppress(OSError, IndexError, ValueError):
                with open(f"/proc/{pid}/stat", "rb") as state:
                    words = state.read().rpartition(b")")[2].split()  # the name before it is the learner's to choose
                cpu += sum(map(int, words[11:15])) / _TICKS
                own[pid] = sum(map(int, words[11:13])) / _TICKS
                threads += int(words[17])
                memory += int(words[21]) * _PAGE
        return Load(len(own), threads, max(cpu, self._seen_seconds(own)), memory)

    def _seen_seconds(self, own: dict[int, float]) -> float:
        """CPU seconds seen so far, of the ended too: a parent that ignores SIGCHLD loses its children's time."""
        for pid, seconds in self._own_seconds.items():
            if own.get(pid, 0.0) < seconds:  # ended, or the number belongs to another process by now
                self._gone_seconds += seconds
        self._own_seconds = own
        return self._gone_seconds + sum(own.values())

    def own_bytes(self) -> int:
        """Memory of the tree with shared pages counted by their share (Pss of anonymous and shared memory).

        A process that hides its share (a program that may be run but not read) counts with all that it holds.
        """
        total = 0
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/smaps_rollup", "rb") as rollup:
                    lines = [line.split() for line in rollup if line.startswith((b"Pss_Anon:", b"Pss_Shmem:"))]
                total += sum(int(words[1]) for words in lines) * 1024
            except PermissionError:
                with suppress(OSError, ValueError), open(f"/proc/{pid}/statm", "rb") as statm:
                    total += int(statm.read().split()[1]) * _PAGE
            except (OSError, ValueError):
                continue  # it ended meanwhile
        return total

    def has_more_mappings(self, than: int) -> bool:
        """Whether the tree's processes have more mappings together; counting stops there.

        The kernel keeps some 300 bytes for each, and 64 more for each generation of forks behind it, in no account.
        """
        count = 0
        for pid in self.pids():
            with suppress(OSError), open(f"/proc/{pid}/maps", "rb", buffering=0) as maps:
                while part := maps.read(1 << 16):
                    count += part.count(b"\n")
                    if count > than:
                        return True
        return False

    def written_bytes(self) -> int:
        """What the tree's processes have written, to disk or to a file in memory, whatever became of the files; the
        ended are not counted. A file without a name is in no folder, and takes its space all the same."""
        total = 0
        for pid in self.pids():
            with suppress(OSError, ValueError, KeyError), open(f"/proc/{pid}/io", "rb") as io:
                fields = {name: int(number) for name, number in (line.split(b": ") for line in io.read().splitlines())}
                total += max(fields[b"wchar"], fields[b"write_bytes"] - fields[b"cancelled_write_bytes"])
        return total

    def held(self, scratch: str, largest: int) -> Held:
        """What the tree's processes hold open; `largest` is what a file can have at most.

        A file without a name may be held by a mapping alone. Its size cannot be seen, so it counts as `largest`.
        """
        sizes: dict[tuple[int, int], int] = {}
        sockets: set[int] = set()
        mapped: set[tuple[int, int]] = set()
        for pid in self.pids():
            with suppress(OSError):
                for name in os.listdir(f"/proc/{pid}/fd"):
                    with suppress(OSError):
                        found = os.stat(f"/proc/{pid}/fd/{name}")
                        if stat.S_ISSOCK(found.st_mode):
                            sockets.add(found.st_ino)
                        elif stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                            sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
            with suppress(OSError, ValueError), open(f"/proc/{pid}/maps", "rb") as maps:
                for line in maps:
                    if line.endswith(b" (deleted)\n") and scratch.encode() in line:
                        _range, _rights, _offset, device, inode = line.split()[:5]
                        major, minor = (int(number, 16) for number in device.split(b":"))
                        mapped.add((os.makedev(major, minor), int(inode)))
        unseen = len(mapped - sizes.keys())
        return Held(sum(sizes.values()) + unseen * largest, len(sockets))

    def sockets_of_the_namespace(self) -> int:
        """Sockets in this process's network namespace, those on their way through another too; 0 where it is not the
        tree's own."""
        if not self._is_init:
            return 0
        with suppress(OSError, ValueError, IndexError), open("/proc/net/sockstat", "rb") as state:
            return int(state.readline().split()[2])
        return 0

    def kill(self, meanwhile: Callable[[], object]) -> None:
        """Kill every process of the tree and wait until the last is gone; `meanwhile` is called while that takes long.

        It may take minutes: the kernel takes a learner's memory apart, and the learner chose its shape.
        """
        began = time.monotonic()
        while True:
            if self._is_init:
                with suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)  # everything in this pid namespace but oneself
            else:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._group, signal.SIGKILL)  # the kernel does this in one step: no fork slips through
                for pid in self.pids():
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)
            if not _reap_until_quiet():
                return
            if time.monotonic() - began > _LONG:
                meanwhile()
                time.sleep(_BETWEEN)


def _reap_until_quiet() -> bool:
    """Wait a moment for dead children; False once there is no child left."""
    for _ in range(20):
        try:
            pid, _status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            time.sleep(0.002)
    return True


def reaped_cpu_seconds() -> float:
    """CPU seconds of all descendants that have ended and were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def peak_mib() -> float:
    """The largest memory of any one descendant that has ended, in MiB, pages shared with the fork server included."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / 1024 if os.uname().sysname != "Darwin" else peak / 2**20


def folder_use(folder: str, at_most: int) -> tuple[int, int]:
    """Bytes and number of files under `folder`; counting stops at `at_most` files.

    A folder that cannot be looked into, closed or too deep, might hold anything: it counts as more than that.
    """
    used = files = 0
    waiting = [folder]
    while waiting and files <= at_most:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    with suppress(FileNotFoundError):
                        used += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                    if files > at_most:
                        break
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG):
                return used, at_most + 1
    return used, files
