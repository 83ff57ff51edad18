"""The trusted side of one fork server: launch it, ask it for sessions, hear of their ends."""

import json
import queue
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.sandbox.fate import Fate
from grader.sandbox.inside.limits import Limits
from grader.sandbox.launch import Launched, launch
from grader.sandbox.session import Session
from grader.sandbox.stage import remove_tree
from grader.sandbox.tiers import SandboxError, Tier

_START_SECONDS = 180.0
_FORK_SECONDS = 30.0


class Died(Exception):
    """The fork server went away during a request."""


class ForkServer:
    """One fork server's life. A thread of its own launches it (bwrap dies with the thread that started it) and
    listens."""

    def __init__(self, tier: Tier, preload: tuple[str, ...], server: str, extra: tuple[Path, ...]) -> None:
        self.dead = threading.Event()
        self.last_words = ""
        self.missing: dict[str, str] = {}
        self._sessions: dict[int, Session] = {}
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._launched: Launched | None = None
        self._thread = threading.Thread(
            target=self._live, args=(tier, preload, server, extra), name="sandbox-fork-server", daemon=True
        )
        self._thread.start()
        try:
            self.missing = self._answer(_START_SECONDS)["missing"]
        except Died:
            raise SandboxError(f"the fork server did not start: {self.last_words or 'no message'}") from None

    @property
    def pid(self) -> int | None:
        return self._launched.process.pid if self._launched is not None else None

    def fork(self, number: int, limits: Limits) -> Session:
        """Ask for a session. Raises Died, or SandboxError where the fork server refuses."""
        assert self._launched is not None
        ours, channel = socket.socketpair()
        held, control_line = socket.socketpair()
        if sys.platform == "linux":
            held.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        session = Session(number, ours, held)
        self._sessions[number] = session
        request = json.dumps({"fork": number, "limits": asdict(limits)}).encode() + b"\n"
        try:
            socket.send_fds(self._launched.control, [request], [channel.fileno(), control_line.fileno()])
            answer = self._answer(_FORK_SECONDS)
            if "refused" in answer:
                raise SandboxError(f"the fork server refused to fork a session: {answer['why']}")
            return session
        except (OSError, Died, SandboxError) as error:
            self._sessions.pop(number, None)
            ours.close()
            held.close()
            if isinstance(error, SandboxError):
                if "threads" in str(error):
                    self.kill()  # this one will never fork again; the next session gets a fresh one
                raise
            self.kill()
            self.dead.wait(10)  # so that whoever tries again does not try this one
            raise Died from error
        finally:
            channel.close()
            control_line.close()

    def kill(self) -> None:
        """End the fork server at once; its sessions vanish."""
        if self._launched is not None:
            self._launched.process.kill()

    def close(self) -> None:
        """End all sessions, then the fork server, and wait for both."""
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
            raise Died from None
        if "died" in answer:
            raise Died
        return answer

    def _live(self, tier: Tier, preload: tuple[str, ...], server: str, extra: tuple[Path, ...]) -> None:
        """The thread: launch, pass on what the fork server says until it goes, tidy up."""
        try:
            self._launched = launched = launch(tier, preload, server, extra)
        except (OSError, RuntimeError) as error:
            self.last_words = str(error)
            self._bury()
            return
        # On a thread of its own: clearing up after a learner may take seconds, and the next waits for word of a fork.
        with ThreadPoolExecutor(1, thread_name_prefix="sandbox-cleaning") as cleaning:
            try:
                with launched.control.makefile("rb") as lines:
                    for line in lines:
                        message = json.loads(line)
                        self._hear(message)
                        if "ended" in message and tier is not Tier.FULL:
                            cleaning.submit(remove_tree, launched.stage.path / "scratch" / f"s{message['ended']}")
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
            session.end(Fate("vanished", why="the fork server died"))
            session.hang_up()
        self._answers.put({"died": True})
