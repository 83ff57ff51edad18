"""The trusted side's view of a zygote: start it, ask it for sessions, start it again when it has died."""

import json
import queue
import socket
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.sandbox.fate import Fate
from grader.sandbox.launch import PRELOAD, SERVER, Launched, launch, remove_tree
from grader.sandbox.limits import Limits
from grader.sandbox.session import Session
from grader.sandbox.tiers import SandboxError, Tier

_START_SECONDS = 180.0
_FORK_SECONDS = 30.0
_RESTARTS = 20


class Sandbox:
    """Confined processes on demand, forked in milliseconds from one warm zygote.

    `isolation`: "full", "reduced" or "none" ask for that tier and raise SandboxUnavailable where it cannot be had;
    "best" takes the strongest that works here, see `tier`. `limits` hold for every session that does not bring its own.
    `preload` are the modules that the zygote imports; `server` ("module:function") is what a session runs, called with
    its socket and its scratch folder; `extra` are files of further modules to show inside.

    Safe to use from several threads. Use as a context manager, or call `start()` and `close()`.
    """

    def __init__(
        self,
        isolation: str = "full",
        limits: Limits | None = None,
        *,
        preload: tuple[str, ...] = PRELOAD,
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
        self._zygote: _Zygote | None = None
        self._next = 1

    @property
    def tier(self) -> Tier:
        """The tier in force."""
        if self._tier is None:
            raise SandboxError("the sandbox has not been started")
        return self._tier

    @property
    def zygote_pid(self) -> int | None:
        """The pid of the zygote's outermost process (killing it kills all sessions); None when not started."""
        return self._zygote.pid if self._zygote is not None else None

    @property
    def missing(self) -> dict[str, str]:
        """The modules of `preload` that the zygote could not import, with the reason."""
        return self._zygote.missing if self._zygote is not None else {}

    def start(self) -> "Sandbox":
        """Find the tier and start the zygote. Raises SandboxUnavailable, SandboxError."""
        from grader.sandbox.probe import choose

        with self._lock:
            if self._tier is None:
                self._tier = choose(self._isolation)
            if self._zygote is None:
                self._zygote = _Zygote(self._tier, *self._what)
        return self

    def session(self, limits: Limits | None = None) -> Session:
        """A fresh session. Starts the zygote again if it has died; raises SandboxError when it keeps dying."""
        with self._lock:
            if self._zygote is None:
                raise SandboxError("the sandbox is closed or has not been started")
            for _attempt in (1, 2):
                if self._zygote.dead.is_set():
                    self._restart()
                try:
                    number, self._next = self._next, self._next + 1
                    return self._zygote.fork(number, limits or self.limits)
                except _Died:
                    continue
        raise SandboxError(f"the zygote died twice while forking a session: {self._zygote.last_words}")

    def _restart(self) -> None:
        assert self._zygote is not None
        if self.restarts >= _RESTARTS:
            raise SandboxError(
                f"the sandbox's zygote died {self.restarts + 1} times; its last words:"
                f" {self._zygote.last_words or 'none'}"
            )
        self._zygote.close()
        self.restarts += 1
        self._zygote = _Zygote(self.tier, *self._what)

    def close(self) -> None:
        """End every session and the zygote."""
        with self._lock:
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Died(Exception):
    """The zygote went away during a request."""


class _Zygote:
    """One zygote's life. A thread of its own launches it (bwrap dies with the thread that started it) and listens."""

    def __init__(self, tier: Tier, preload: tuple[str, ...], server: str, extra: tuple[Path, ...]) -> None:
        self.dead = threading.Event()
        self.last_words = ""
        self.missing: dict[str, str] = {}
        self._sessions: dict[int, Session] = {}
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._launched: Launched | None = None
        self._thread = threading.Thread(
            target=self._live, args=(tier, preload, server, extra), name="sandbox-zygote", daemon=True
        )
        self._thread.start()
        try:
            self.missing = self._answer(_START_SECONDS)["missing"]
        except _Died:
            raise SandboxError(f"the zygote did not start: {self.last_words or 'no message'}") from None

    @property
    def pid(self) -> int | None:
        return self._launched.process.pid if self._launched is not None else None

    def fork(self, number: int, limits: Limits) -> Session:
        """Ask for a session. Raises _Died, or SandboxError where the zygote refuses."""
        assert self._launched is not None
        ours, channel = socket.socketpair()
        held, leash = socket.socketpair()
        if sys.platform == "linux":
            held.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        session = Session(number, ours, held, self.kill)
        self._sessions[number] = session
        request = json.dumps({"fork": number, "bounds": asdict(limits)}).encode() + b"\n"
        try:
            socket.send_fds(self._launched.control, [request], [channel.fileno(), leash.fileno()])
            answer = self._answer(_FORK_SECONDS)
            if "refused" in answer:
                raise SandboxError(f"the zygote refused to fork a session: {answer['why']}")
            return session
        except (OSError, _Died, SandboxError) as error:
            self._sessions.pop(number, None)
            ours.close()
            held.close()
            if isinstance(error, SandboxError):
                self.kill()  # whatever it is (a second thread, no memory), the next session gets a fresh zygote
                raise
            self.kill()
            raise _Died from error
        finally:
            channel.close()
            leash.close()

    def kill(self) -> None:
        """End the zygote at once; its sessions vanish."""
        if self._launched is not None:
            self._launched.process.kill()

    def close(self) -> None:
        """End all sessions, then the zygote, and wait for both."""
        for session in list(self._sessions.values()):
            session.close()
        if self._launched is not None:
            try:
                self._launched.control.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._thread.join(10)
        if self._thread.is_alive():
            self.kill()
            self._thread.join(10)

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            self.last_words = f"no answer within {seconds:g} seconds"
            self.kill()
            raise _Died from None
        if "died" in answer:
            raise _Died
        return answer

    def _live(self, tier: Tier, preload: tuple[str, ...], server: str, extra: tuple[Path, ...]) -> None:
        """The thread: launch, pass on what the zygote says until it goes, tidy up."""
        try:
            self._launched = launched = launch(tier, preload, server, extra)
        except (OSError, RuntimeError) as error:
            self.last_words = str(error)
            self._bury()
            return
        try:
            with launched.control.makefile("rb") as lines:
                for line in lines:
                    message = json.loads(line)
                    self._hear(message)
                    if "ended" in message and tier is not Tier.FULL:
                        remove_tree(launched.stage / "scratch" / f"s{message['ended']}")
        except (OSError, ValueError) as error:
            self.last_words = str(error)
        self.last_words = launched.stderr() or self.last_words
        self._bury()
        launched.remove()

    def _hear(self, message: dict[str, Any]) -> None:
        if "ended" not in message:
            self._answers.put(message)
            return
        session = self._sessions.pop(message["ended"], None)
        if session is not None:
            session.end(Fate.from_report(message))

    def _bury(self) -> None:
        self.dead.set()
        while self._sessions:
            session = self._sessions.popitem()[1]
            session.end(Fate("vanished", why="the zygote died"))
            session.hang_up()
        self._answers.put({"died": True})
