"""The trusted side's view of a fork server: start it, ask it for sessions, start it again when it has died."""

import sys
import threading
from pathlib import Path
from types import TracebackType

from grader.sandbox.cold import ColdStart
from grader.sandbox.fork_server import Died, ForkServer
from grader.sandbox.inside.limits import Limits
from grader.sandbox.launch import SERVER, modules_for
from grader.sandbox.session import Session
from grader.sandbox.tiers import SandboxError, Tier

# Elsewhere a fork of a process with torch in it is unsafe (macOS) or there is none (Windows).
_FORKS_SAFELY = sys.platform == "linux"
_RESTARTS = 20


class Sandbox:
    """Confined processes on demand, forked in milliseconds from one warm fork server.

    `isolation`: "full", "reduced" or "none" ask for that tier and raise SandboxUnavailable where it cannot be had;
    "best" takes the strongest that works here, see `tier`. `limits` hold for every session that does not bring its own.
    `preload` are the modules that the fork server imports (see `launch.modules_for`); `server` ("module:function") is
    what a session runs, called with its socket and its scratch folder; `extra` are files of further modules to show
    inside.

    Safe to use from several threads. Use as a context manager, or call `start()` and `close()`.
    """

    def __init__(
        self,
        isolation: str = "full",
        limits: Limits | None = None,
        *,
        preload: tuple[str, ...] = modules_for(),
        server: str = SERVER,
        extra: tuple[Path, ...] = (),
    ) -> None:
        if isolation not in ("full", "reduced", "none", "best"):
            raise ValueError(f"isolation is one of full, reduced, none, best; not {isolation!r}")
        self.limits = limits or Limits()
        self.restarts = 0
        self._isolation = isolation
        self._what = (preload, server, extra)
        self._tier: Tier | None = None
        self._lock = threading.Lock()
        self._fork_server: ForkServer | ColdStart | None = None
        self._next = 1

    @property
    def tier(self) -> Tier:
        """The tier in force."""
        if self._tier is None:
            raise SandboxError("the sandbox has not been started")
        return self._tier

    @property
    def fork_server_pid(self) -> int | None:
        """The pid of the fork server's outermost process (killing it kills all sessions); None when not started."""
        return self._fork_server.pid if self._fork_server is not None else None

    @property
    def missing(self) -> dict[str, str]:
        """The modules of `preload` that the fork server could not import, with the reason."""
        return self._fork_server.missing if self._fork_server is not None else {}

    def start(self) -> "Sandbox":
        """Find the tier and start the fork server. Raises SandboxUnavailable, SandboxError."""
        from grader.sandbox.probe import choose

        with self._lock:
            if self._tier is None:
                self._tier = choose(self._isolation)
            if self._fork_server is None:
                self._fork_server = self._new_fork_server()
        return self

    def session(self, limits: Limits | None = None) -> Session:
        """A fresh session. Starts the fork server again if it has died; raises SandboxError when it keeps dying."""
        with self._lock:
            if self._fork_server is None:
                raise SandboxError("the sandbox is closed or has not been started")
            for _attempt in (1, 2):
                if self._fork_server.dead.is_set():
                    self._restart()
                try:
                    number, self._next = self._next, self._next + 1
                    return self._fork_server.fork(number, limits or self.limits)
                except Died:
                    continue
        raise SandboxError(f"the fork server died twice while forking a session: {self._fork_server.last_words}")

    def _new_fork_server(self) -> ForkServer | ColdStart:
        return ForkServer(self.tier, *self._what) if _FORKS_SAFELY else ColdStart(*self._what)

    def _restart(self) -> None:
        assert self._fork_server is not None
        if self.restarts >= _RESTARTS:
            raise SandboxError(
                f"the sandbox's fork server died {self.restarts + 1} times; its last words:"
                f" {self._fork_server.last_words or 'none'}"
            )
        self._fork_server.close()
        self.restarts += 1
        self._fork_server = self._new_fork_server()

    def close(self) -> None:
        """End every session and the fork server."""
        with self._lock:
            if self._fork_server is not None:
                self._fork_server.close()
                self._fork_server = None

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
