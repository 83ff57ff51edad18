"""Looking at processes through /proc."""

from __future__ import annotations

import stat
import threading
from contextlib import suppress
from pathlib import Path


def below(pid: int) -> list[int]:
    """The descendants of a process."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        with suppress(OSError):
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                with suppress(OSError):
                    children = [int(word) for word in (task / "children").read_text().split()]
                    found += children
                    waiting += children
    return found


def environment_of(pid: int) -> dict[str, str]:
    """The environment that a process was started with; empty where it cannot be read."""
    try:
        data = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return {}
    words = data.decode(errors="replace").split("\0")
    return dict(word.split("=", 1) for word in words if "=" in word)


class Consumption:
    """While it is entered, watches how much memory and disk space the processes below `pid` hold together."""

    def __init__(self, pid: int, but_not: set[int]):
        self._pid, self._but_not = pid, but_not
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.memory_mib = 0.0
        self.memory_step_mib = 0.0
        """The most that was added between two looks: how fast this machine is, and how late who looks."""
        self.nameless_mib = 0.0
        """Space of files that are open and have no name any more."""
        self.unseen_mib = 0.0
        """What the whole machine has more than at the start of memory that is in no process's account, others' too."""
        self.nameless_step_mib = 0.0

    def __enter__(self) -> Consumption:
        self._thread.start()
        return self

    def __exit__(self, *_ending: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        held = nameless = 0.0
        unseen = _unseen_kib()
        while not self._end.wait(0.05):
            pids = [pid for pid in below(self._pid) if pid not in self._but_not]
            before, held = held, sum(map(_own_kib, pids)) / 1024
            self.memory_mib = max(self.memory_mib, held)
            self.unseen_mib = max(self.unseen_mib, (_unseen_kib() - unseen) / 1024)
            self.memory_step_mib = max(self.memory_step_mib, held - before)
            sizes = {key: size for pid in pids for key, size in _nameless(pid)}
            before, nameless = nameless, sum(sizes.values()) / 2**20
            self.nameless_mib = max(self.nameless_mib, nameless)
            self.nameless_step_mib = max(self.nameless_step_mib, nameless - before)


def _unseen_kib() -> int:
    """Shared memory, page tables, stacks and tables of the kernel."""
    lines = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
    return sum(int(words[1]) for words in lines if words[0] in ("Shmem:", "SUnreclaim:", "PageTables:", "KernelStack:"))


def _own_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def _nameless(pid: int) -> list[tuple[tuple[int, int], int]]:
    found = []
    with suppress(OSError):
        for name in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                state = name.stat()
                if stat.S_ISREG(state.st_mode) and state.st_nlink == 0:
                    found.append(((state.st_dev, state.st_ino), state.st_blocks * 512))
    return found
