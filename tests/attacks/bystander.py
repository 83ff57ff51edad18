"""A process of the sandbox's own user, outside it: it holds a canary and must never be reached.

It listens on every kind of socket that could be listened on, and hands its canary to whoever gets through.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.sandbox.launch import unprivileged_uid

_PROGRAM = """
import os, select, socket, sys
folder, canary = sys.argv[1], os.environ["TL_CANARY"]
tcp = socket.create_server(("127.0.0.1", 0))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(tcp.getsockname())
abstract = socket.socket(socket.AF_UNIX); abstract.bind("\\0tl-bystander-%d" % os.getpid()); abstract.listen()
names = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); names.bind("\\0tl-bystander-dgram-%d" % os.getpid())
stream = socket.socket(socket.AF_UNIX); stream.bind(folder + "/stream"); stream.listen()
dgram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); dgram.bind(folder + "/dgram")
for name in ("stream", "dgram"):
    os.chmod(folder + "/" + name, 0o777)
print(tcp.getsockname()[1], flush=True)
listening = [tcp, udp, abstract, names, stream, dgram]
while True:
    for one in select.select(listening, [], [])[0]:
        if one in (udp, names, dgram):
            one.recv(1000)
        else:
            one.accept()[0].sendall(canary.encode())
        print("reached on", one.getsockname(), flush=True)
"""


class Bystander:
    """The process; `complaints()` says what has happened to it."""

    def __init__(self, folder: Path, canary: str):
        # Where everybody may go: pytest's own folders are closed to the sandbox's user.
        self.folder = Path(tempfile.mkdtemp(prefix="tl-bystander-", dir=_open_place()))
        self.folder.chmod(0o777)
        uid = unprivileged_uid([sys.executable])
        python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
        if uid is not None and not _reachable(python):
            python = "/usr/bin/python3"
        self._process = subprocess.Popen(
            [python, "-S", "-c", _PROGRAM, str(self.folder)],
            env={"TL_CANARY": canary, "PATH": "/usr/bin:/bin"},
            cwd="/",
            stdout=subprocess.PIPE,
            **({"user": uid, "group": uid, "extra_groups": []} if uid is not None else {}),  # type: ignore[arg-type]
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        os.set_blocking(self._process.stdout.fileno(), False)
        self.abstract = [f"\0tl-bystander-{self.pid}", f"\0tl-bystander-dgram-{self.pid}"]
        self.paths = [str(self.folder / "stream"), str(self.folder / "dgram")]
        self._before = self._state()

    def _state(self) -> list[str]:
        """What another process could have changed from outside: priority, processors, limits."""
        limits = Path(f"/proc/{self.pid}/limits").read_text()
        return [str(os.getpriority(os.PRIO_PROCESS, self.pid)), str(sorted(os.sched_getaffinity(self.pid))), limits]

    def complaints(self) -> list[str]:
        """Whether it was ended, stopped, changed or reached; empty where it was left alone."""
        if self._process.poll() is not None:
            return [f"the bystander ended ({self._process.returncode})"]
        found = []
        if Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] in "TtZ":
            found.append("the bystander was stopped")
        if self._state() != self._before:
            found.append("the bystander's limits were changed")
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            found.append(f"the bystander was {line.decode().strip()}")
        return found

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _open_place() -> str:
    """A temporary folder that the sandbox's user may enter, with a path short enough for a socket's name."""
    usual = tempfile.gettempdir()
    for place in (usual, "/tmp", "/var/tmp"):
        if len(place) < 60 and os.access(place, os.W_OK) and _reachable(f"{place}/x"):
            return place
    return usual


def _reachable(path: str) -> bool:
    return all(parent.stat().st_mode & 1 for parent in Path(path).parents)
