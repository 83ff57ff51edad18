"""Tier none where nothing can be forked safely (macOS, Windows): a fresh Python a session, over a loopback socket.

For a learner's own code on a learner's own machine. Slower by the imports (seconds), otherwise the same sessions.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from grader.sandbox.fate import Fate
from grader.sandbox.inside.limits import Limits
from grader.sandbox.launch import PYTHON_FLAGS, environment_inside
from grader.sandbox.session import Session
from grader.sandbox.stage import Stage, build_stage, remove_tree
from grader.sandbox.tiers import SandboxError
from grader.sandbox.visible import whats_visible

_START_SECONDS = 120.0
_START = "from inside.cold import main; main()"

# Without these no program starts on Windows.
_OF_WINDOWS = """
SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT PATH USERPROFILE APPDATA LOCALAPPDATA PROCESSOR_ARCHITECTURE
NUMBER_OF_PROCESSORS
""".split()


class ColdStart:
    """Starts sessions without a fork server; the same interface as `ForkServer`. `preload` means nothing here."""

    def __init__(self, preload: tuple[str, ...], server: str, extra: tuple[Path, ...]) -> None:
        self.dead = threading.Event()
        self.last_words = ""
        self.missing: dict[str, str] = {}
        self.pid: int | None = None
        self._server = server
        try:
            self._stage: Stage = build_stage(extra)
            self._visible = whats_visible()
        except (OSError, RuntimeError) as error:
            raise SandboxError(str(error)) from error
        self._sessions: list[_ColdSession] = []

    def fork(self, number: int, limits: Limits) -> Session:
        """Start a fresh Python that serves a session. Raises SandboxError where it does not come up."""
        scratch = self._stage.path / "scratch" / f"s{number}"
        for name in ("work", "home", "tmp"):
            (scratch / name).mkdir(parents=True)
        environment = environment_inside((str(self._stage.path / "tl"), *self._visible.packages), str(scratch / "home"))
        environment.update(TMPDIR=str(scratch / "tmp"), TEMP=str(scratch / "tmp"), TMP=str(scratch / "tmp"))
        environment.update(MPLCONFIGDIR=str(scratch / "home"), IPYTHONDIR=str(scratch / "home" / ".ipython"))
        if sys.platform == "win32":
            environment.update({name: os.environ[name] for name in _OF_WINDOWS if name in os.environ})
        with socket.create_server(("127.0.0.1", 0)) as server:
            token = secrets.token_hex(16)
            process = subprocess.Popen(
                [self._visible.interpreter, *PYTHON_FLAGS, "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd=scratch / "work",
                start_new_session=True,
            )
            assert process.stdin is not None
            told = {"port": server.getsockname()[1], "token": token, "server": self._server}
            told["cpu_seconds"] = limits.cpu_seconds
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(json.dumps(told).encode())
            channel = _accept(server, token, process)
        session = _ColdSession(number, channel, process, scratch)
        self._sessions.append(session)
        return session

    def kill(self) -> None:
        """Nothing to kill but the sessions, and they are ended one by one."""

    def close(self) -> None:
        """End every session and remove what is on disk."""
        for session in self._sessions:
            session.close()
        self._stage.remove()


def _accept(server: socket.socket, token: str, process: subprocess.Popen[bytes]) -> socket.socket:
    """The connection that begins with the token; whatever else connects to the port is turned away."""
    server.settimeout(0.2)
    waited = 0.0
    while waited < _START_SECONDS:
        try:
            channel, _address = server.accept()
        except TimeoutError:
            waited += 0.2
            if process.poll() is not None:
                raise SandboxError(f"a fresh Python ended at once with status {process.returncode}") from None
            continue
        channel.settimeout(5)
        with suppress(OSError):
            if secrets.compare_digest(channel.recv(32, socket.MSG_WAITALL), token.encode()):
                channel.settimeout(None)
                return channel
        channel.close()
    process.kill()
    raise SandboxError(f"a fresh Python did not answer within {_START_SECONDS:g} seconds")


class _ColdSession(Session):
    """A session whose process is a child of this one; its fate is an exit status."""

    def __init__(self, number: int, channel: socket.socket, process: subprocess.Popen[bytes], scratch: Path) -> None:
        control_line, unused = socket.socketpair()
        unused.close()
        super().__init__(number, channel, control_line)
        self._process = process
        self._scratch = scratch
        self._closing = False
        self._pid = process.pid
        threading.Thread(target=self._wait, name="cold-session", daemon=True).start()

    def _wait(self) -> None:
        status = self._process.wait()
        if self._closing:
            self.end(Fate("closed"))
        elif status >= 0:
            self.end(Fate("exited", code=status))
        elif -status == getattr(signal, "SIGXCPU", None):
            self.end(Fate("out_of_time", signal=-status, why="used up its CPU time"))
        else:
            self.end(Fate("signalled", signal=-status))

    def cpu_seconds(self) -> float:
        """CPU time so far where psutil is installed (it comes with Jupyter), else 0."""
        try:
            import psutil

            used = psutil.Process(self._process.pid).cpu_times()
        except Exception:
            return self._fate.cpu_seconds
        return float(used.user + used.system)

    def close(self, patience: float = 10.0) -> Fate:
        """End the process and, where the system has process groups, what it started."""
        if self.fate().running:
            self._closing = True
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        fate = super().close(patience)
        remove_tree(self._scratch)
        return fate
