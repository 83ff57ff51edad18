"""One confined process: its socket, its fate, its end."""

import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol

from grader.sandbox.fate import Fate
from grader.sandbox.inside.limits import Limits
from grader.sandbox.tiers import Tier

PATIENCE = 5.0
"""Seconds in which a supervisor answers even on a very busy machine. On a quiet one it takes under 0.01 s."""

_A_WORD = 1.0
"""Seconds in which a supervisor that clears up says so several times."""

_RUNNING = Fate("running")
_CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid


class Session:
    """A fresh process, forked from the fork server and confined, that runs the sandbox's server on `socket`.

    `socket` is a connected stream socket. Whatever comes from it was written by somebody who would like to fool you.
    Safe to use from several threads; use as a context manager, or call `close()`.
    """

    def __init__(self, number: int, channel: socket.socket, control_line: socket.socket):
        self.number = number
        self.socket = channel
        self._control_line = control_line
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._fate = _RUNNING
        self._usage = {"cpu_seconds": 0.0, "processes": 0}
        self._pid: int | None = None
        self._buffer = b""

    def fate(self, timeout: float | None = 0.0) -> Fate:
        """How the session ended, waiting up to `timeout` seconds (None: for ever) for its end; `running` if it has not.

        A result other than `running` is final, and all processes of the session are gone by then, unless `close` gave
        up waiting for them.
        """
        self._ended.wait(timeout)
        return self._fate

    @property
    def pid(self) -> int | None:
        """The pid, seen from here, of the session's topmost process (killing it ends the session); None if unknown."""
        if self._pid is None and not self._ended.is_set():
            with self._lock:
                self._listen(PATIENCE, lambda: self._pid is not None)
        return self._pid

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far; after the end, the final figure.

        A session that does not answer within PATIENCE seconds gives the last figure known.
        """
        if self._ended.is_set():
            return self._fate.cpu_seconds
        with self._lock, suppress(OSError):
            self._control_line.sendall(b"?")
            before = self._usage
            self._listen(PATIENCE, lambda: self._usage is not before)
        return self._fate.cpu_seconds if self._ended.is_set() else float(self._usage["cpu_seconds"])

    def ask_supervisor(self) -> Literal["it lives", "silence", "nobody"]:
        """What the session's supervisor says, asked now, of its learner's process.

        The supervisor is pid 1 of the session, which runs none of the learner's code: what it says is not the learner's
        to choose. "it lives" is never about a process that is gone: the supervisor waits for the dead before it
        answers. "silence": no answer within PATIENCE seconds; the session is just ending, or the supervisor stands
        still. "nobody": there is no supervisor, or no longer.
        """
        with self._lock:
            before = self._usage
            try:
                self._control_line.sendall(b"?")
            except OSError:
                return "nobody"
            self._listen(PATIENCE, lambda: self._usage is not before)
            return "it lives" if self._usage is not before and not self._ended.is_set() else "silence"

    def is_stopped(self) -> bool:
        """Whether the learner's process, or another that its supervisor looks after, is stopped as by SIGSTOP.

        By whom cannot be told. False where /proc does not show it.
        """
        with suppress(OSError, ValueError):
            for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
                if Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] in "Tt":
                    return True
        return False

    def end_by_force(self) -> None:
        """Kill the supervisor, and with it the session: for one that would not hear that it is to end."""
        pid = self.pid
        if pid is not None and self.fate().running:
            with suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", 9))

    def close(self, patience: float = 10.0) -> Fate:
        """End the session and wait until its last process is gone. Calling it again does nothing.

        An end that takes longer than `patience` seconds (the kernel takes memory apart whose shape the learner chose)
        goes on by itself, beside other sessions: `closed`, with the CPU time so far.
        """
        with suppress(OSError):
            self._control_line.sendall(b"k")
        if not self._ended.wait(patience):
            if not self._is_at_its_end():
                self.end_by_force()
                self._ended.wait(patience / 2)
            self.end(Fate("closed", why=f"its end takes longer than {patience:g} s"))
        self.socket.close()
        with self._lock:
            self._control_line.close()
        return self._fate

    def _is_at_its_end(self) -> bool:
        """Whether the supervisor says that it is still clearing up; one that says nothing may be stopped."""
        with self._lock:
            before = self._usage
            self._listen(_A_WORD, lambda: False)
            return self._usage is not before

    def end(self, fate: Fate) -> None:
        """For the sandbox: the fork server reported this end. The first report counts, with the CPU time last known
        where it has less."""
        if not self._ended.is_set():
            self._fate = replace(fate, cpu_seconds=max(fate.cpu_seconds, float(self._usage["cpu_seconds"])))
            self._ended.set()

    def descriptors(self) -> list[int]:
        """For the sandbox: what another process needs to talk to this session (socket, control line)."""
        return [self.socket.fileno(), self._control_line.fileno()]

    def hang_up(self) -> None:
        """For the sandbox: tell the supervisor to end, where one is left without its fork server."""
        with suppress(OSError):
            self._control_line.shutdown(socket.SHUT_RDWR)

    def _listen(self, seconds: float, enough: Callable[[], bool]) -> None:
        """Read what the supervisor says on the control line until it is `enough`. Call with the lock held."""
        deadline = time.monotonic() + seconds
        while not enough() and not self._ended.is_set():
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._control_line.settimeout(left)
            try:
                data, ancillary, _flags, _address = self._control_line.recvmsg(
                    4096, socket.CMSG_SPACE(_CREDENTIALS.size)
                )
            except OSError:
                return
            finally:
                with suppress(OSError):
                    self._control_line.settimeout(None)
            if not data:
                return
            self._take(data, ancillary)

    def _take(self, data: bytes, ancillary: list[tuple[int, int, bytes]]) -> None:
        for _level, kind, body in ancillary:
            if sys.platform == "linux" and kind == socket.SCM_CREDENTIALS and len(body) == _CREDENTIALS.size:
                self._pid = _CREDENTIALS.unpack(body)[0] or None
        self._buffer += data.lstrip(b"+")
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._usage = json.loads(line)

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session {self.number} of process {os.getpid()}: {self._fate}>"


class Sessions(Protocol):
    """Whoever gives sessions: a sandbox, or a process that borrows from one."""

    @property
    def tier(self) -> Tier:
        """The tier in force."""

    def session(self, limits: Limits | None = None) -> Session:
        """A fresh session. Raises SandboxError."""
