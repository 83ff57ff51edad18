"""The fork-server: imports the heavy packages once, then forks a confined process for every session.

It holds no secret: no course key, no hidden test, no other learner's work has ever been in its memory, so neither is
any in the processes forked from it. Control protocol, one JSON object a line over a stream socket:

    in   {"tier", "preload", "server", ...}                      once, first (see `Config`)
    out  {"ready": true, "missing": {module: why}}               after the imports
    in   {"fork": id, "limits": {...}} + two descriptors         session socket, control line
    out  {"forked": id, "pid": n} or {"refused": id, "why": s}
    out  {"ended": id, "kind": s, ...}                           the exit report; "vanished" if there is none
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from . import supervisor
from .confine import Plan
from .limits import Limits
from .no_workers import keep_loading_in_one_process

_LONGEST_REQUEST = 1 << 20
_NAMESPACES = ("NEWUSER", "NEWNS", "NEWPID", "NEWNET", "NEWIPC", "NEWUTS")


@dataclass
class _Running:
    """A forked session: its supervisor's pid, the read end of its exit report, what came through it."""

    session: int
    pid: int
    exit_report: int
    said: bytes = b""


class ForkServer:
    """Answers fork requests on `control` until the trusted side hangs up."""

    def __init__(self, control: socket.socket):
        self._control = control
        self._line = b""
        self._running: dict[int, _Running] = {}
        self._ending: dict[int, _Running] = {}
        """Sessions whose supervisor has said its last, by a descriptor that becomes readable when it has ended."""
        gc.disable()  # until all is imported that stays
        config = json.loads(self._read_line()[0])
        self._plan = Plan(**{name: _frozen(value) for name, value in config["plan"].items()})
        self._missing = _preload(config["preload"])
        if self._plan.tier != "none":
            keep_loading_in_one_process()
        module, _, function = config["server"].partition(":")
        self._serve: supervisor.Serve = getattr(importlib.import_module(module), function)
        self._syscalls = self._filter()

    def _filter(self) -> bytes | None:
        if self._plan.tier == "none":
            return None
        from . import barriers

        full = self._plan.tier == "full"
        return barriers.filter_program(full) if full or not barriers.filter_names_pid() else None

    def serve(self) -> None:
        """The loop. Ends when the control socket closes; the supervisors see their control lines go, and end too."""
        gc.collect()
        gc.enable()
        gc.freeze()  # children do not touch, and so do not copy, what was imported here
        self._send({"ready": True, "missing": self._missing})
        while True:
            waiter = select.poll()
            waiter.register(self._control, select.POLLIN)
            for descriptor in (*self._running, *self._ending):
                waiter.register(descriptor, select.POLLIN)
            for descriptor, _events in waiter.poll():
                if descriptor == self._control.fileno():
                    line, descriptors = self._read_line()
                    if not line:
                        return
                    self._fork(json.loads(line), descriptors)
                elif descriptor in self._running:
                    self._listen(self._running[descriptor])
                elif descriptor in self._ending:
                    os.close(descriptor)
                    self._bury(self._ending.pop(descriptor))

    def _fork(self, request: dict[str, Any], descriptors: list[int]) -> None:
        session = request["fork"]
        channel, control_line = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        read_end, write_end = os.pipe()
        try:
            check_one_thread()
            limits = Limits(**request["limits"])
            ids = (os.getuid(), os.getgid())
            pid = self._fork_process()
            if pid == 0:
                os.close(read_end)
                self._control.close()
                job = (self._plan, limits, session, channel, control_line, write_end, self._serve, ids, self._syscalls)
                supervisor.run(supervisor.Job(*job))
            self._running[read_end] = _Running(session, pid, read_end)
            self._send({"forked": session, "pid": pid})
        except (OSError, RuntimeError, TypeError) as error:
            os.close(read_end)
            self._send({"refused": session, "why": f"{type(error).__name__}: {error}"})
        finally:
            os.close(write_end)
            channel.close()
            control_line.close()

    def _fork_process(self) -> int:
        if self._plan.tier != "full":
            return os.fork()
        from . import kernel

        flags = 0
        for name in _NAMESPACES:
            flags |= getattr(kernel, f"CLONE_{name}")
        return kernel.fork_into(flags)

    def _listen(self, running: _Running) -> None:
        """Take in what a supervisor says; at the end of its pipe it is about to go.

        In the full tier its end is that of the last process of its namespace, which may take minutes. Nobody waits for
        it here: other sessions are asked for meanwhile.
        """
        said = os.read(running.exit_report, 65536)
        if said:
            running.said += said[:65536]
            return
        os.close(running.exit_report)
        del self._running[running.exit_report]
        try:
            self._ending[os.pidfd_open(running.pid)] = running  # type: ignore[attr-defined,unused-ignore]
        except (AttributeError, OSError):  # not Linux, or before 5.3
            self._bury(running)

    def _bury(self, running: _Running) -> None:
        """Wait for a supervisor that has ended and pass on its exit report."""
        status = os.waitpid(running.pid, 0)[1]
        lines = [json.loads(line) for line in running.said.splitlines()]
        reports = [line for line in lines if "kind" in line]
        if reports:
            # A confinement that failed is said first, by the process that could not be confined; it counts.
            self._send({"ended": running.session, **reports[-1], **reports[0]})
            return
        if self._plan.tier != "full":
            for line in lines:
                if "learner" in line:
                    with suppress(ProcessLookupError, PermissionError):
                        os.killpg(line["learner"], signal.SIGKILL)
        self._send(
            {
                "ended": running.session,
                "kind": "vanished",
                "why": f"the session's supervisor was killed (status {status})",
            }
        )

    def _read_line(self) -> tuple[bytes, list[int]]:
        """The next request and the descriptors that came with it; empty when the trusted side has gone."""
        descriptors: list[int] = []
        while b"\n" not in self._line:
            data, received, _flags, _address = socket.recv_fds(self._control, _LONGEST_REQUEST, 2)
            descriptors += received
            if not data:
                return b"", descriptors
            self._line += data
        line, _, self._line = self._line.partition(b"\n")
        return line, descriptors

    def _send(self, message: dict[str, Any]) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self._control.sendall(json.dumps(message).encode() + b"\n")


def check_one_thread() -> None:
    """Refuse to fork a process with several threads: a lock that another of them holds would stay shut for ever."""
    if not sys.platform.startswith("linux"):
        return
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"the fork server has {threads} threads instead of one; a fork now could hang its children")


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _preload(modules: list[str]) -> dict[str, str]:
    """Import what sessions will want; the modules that could not be imported, with the reason."""
    import site

    for builtin in (site.setquit, site.setcopyright, site.sethelper):  # started without site, to pass over .pth files
        builtin()
    missing = {}
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:
            missing[name] = f"{type(error).__name__}: {error}"
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
        with suppress(RuntimeError):
            torch.set_num_interop_threads(1)
    return missing


def main(descriptor: int) -> None:
    """Entry point: serve on the control socket that was inherited as `descriptor`."""
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle: it finishes what runs
    ForkServer(control).serve()
    os._exit(0)
