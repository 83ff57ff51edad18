"""The supervisor: parent of one learner's process, supervisor of its limits, witness of its end.

In the full tier it is pid 1 of the session's pid namespace: when it goes, everything goes. It runs no learner code and
reads nothing that a learner wrote but numbers of /proc. It talks over two descriptors that the learner never has:
the control line (the trusted side asks for the usage, or lets go: end of file means "kill it all") and the exit report
to the fork server (one JSON object a line, the last says how it ended).
"""

import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from . import tree
from .confine import Plan, build_room, confine, make_scratch
from .limits import Limits

Serve = Callable[[socket.socket, str], None]

_TICK_MS = 50
_SELDOM = 4  # ticks between two looks at what is dear to see: mappings, scratch folder, descriptors (reduced tier)
_MAPPINGS_OF_A_PROCESS = 2500  # of 64 processes on average; one with torch has 1,500
_SEVERAL = 4  # processes: with fewer, what the kernel keeps for the most mappings that one may have is small
_FULL: dict[str, object] = {"kind": "signalled", "signal": signal.SIGKILL, "why": "its scratch folder was full"}
_REWRITES = 4  # how often a scratch folder's size may be written before it counts as full, whatever is in it


@dataclass(frozen=True)
class Job:
    """One session as the fork server hands it to its supervisor.

    `channel` is the learner's socket, `control_line` the trusted side's hold on the supervisor, `exit_report` the pipe
    to the fork server, `outer_ids` the uid and gid of the fork server, `syscalls` the seccomp filter where it could be
    built before the fork.
    """

    plan: Plan
    limits: Limits
    session: int
    channel: socket.socket
    control_line: socket.socket
    exit_report: int
    serve: Serve
    outer_ids: tuple[int, int]
    syscalls: bytes | None


def run(job: Job) -> NoReturn:
    """Body of the supervisor's process, which ends with the session."""
    code = 1
    try:
        _run(job)
        code = 0
    except BaseException as error:
        why = f"the session could not be set up: {type(error).__name__}: {error}"
        _say(job.exit_report, {"kind": "vanished", "why": why})
    finally:
        os._exit(code)


def _run(job: Job) -> None:
    full = job.plan.tier == "full"
    if full:
        build_room(job.plan, job.limits, job.outer_ids)
    if sys.platform == "linux":
        from . import kernel

        kernel.adopt_orphans()
        kernel.set_inspectable(False)
    os.setpgid(0, 0)
    scratch = job.plan.scratch(job.session)
    work = make_scratch(scratch)
    job.control_line.sendall(b"+")  # carries this process's pid to the trusted side (SCM_CREDENTIALS)
    began = time.monotonic()
    learner = os.fork()
    if learner == 0:
        _become_learner(job, scratch, work)
    job.channel.close()
    _say(job.exit_report, {"learner": learner})
    watch = _Watch(job.limits, learner, job.control_line, tree.Tree(full, learner), None if full else scratch)
    outcome = watch.until_the_end()
    seen = watch.tree.load().cpu_seconds
    watch.tree.kill(meanwhile=watch.tell_usage)
    outcome.update(
        cpu_seconds=round(max(seen, tree.reaped_cpu_seconds()), 4),
        peak_mib=round(tree.peak_mib(), 1),
        seconds=round(time.monotonic() - began, 4),
    )
    _say(job.exit_report, outcome)


def _become_learner(job: Job, scratch: str, work: str) -> NoReturn:
    try:
        if sys.platform == "linux":
            from . import kernel

            kernel.die_with_parent()
            kernel.set_inspectable(True)  # its own /proc/self is its to read
        # Its descriptor is about to be closed; the object must not close it again when it is a file of the learner's.
        job.control_line.detach()
        confine(job.plan, job.limits, scratch, (job.channel.fileno(), job.exit_report), job.syscalls)
    except BaseException as error:
        why = f"confinement failed: {type(error).__name__}: {error}"
        _say(job.exit_report, {"kind": "vanished", "why": why})
        os._exit(1)
    os.close(job.exit_report)
    code = 1
    try:
        job.serve(job.channel, work)
        code = 0
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else 1
    except BaseException:
        code = 1
    finally:
        os._exit(code & 0xFF)


class _Watch:
    """Waits for the learner's end, the trusted side's word, or a limit of the whole tree."""

    def __init__(
        self, limits: Limits, learner: int, control_line: socket.socket, processes: tree.Tree, scratch: str | None
    ) -> None:
        self.limits = limits
        self.learner = learner
        self.control_line = control_line
        self.tree = processes
        self.scratch = scratch
        self._ticks = 0

    def until_the_end(self) -> dict[str, object]:
        """How the session ended, as the fields of a fate."""
        waiter = select.poll()
        waiter.register(self.control_line, select.POLLIN)
        ended = _descriptor_of(self.learner)
        if ended is not None:
            waiter.register(ended, select.POLLIN)
        tick = _TICK_MS if ended is not None else 10
        while True:
            ready = [descriptor for descriptor, _events in waiter.poll(tick)]
            status = self._reap()
            if status is not None:
                return self._describe(status)
            if self.control_line.fileno() in ready and not self._answer():
                return {"kind": "closed"}
            broken = self._broken_limit()
            if broken is not None:
                return broken

    def _reap(self) -> int | None:
        """Wait for whoever has ended; the wait status of the learner if it was among them."""
        found = None
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return found
            if pid == 0:
                return found
            if pid == self.learner:
                found = status

    def _describe(self, status: int) -> dict[str, object]:
        if os.WIFEXITED(status):
            return {"kind": "exited", "code": os.WEXITSTATUS(status)}
        number = os.WTERMSIG(status)
        over = tree.reaped_cpu_seconds() >= self.limits.cpu_seconds
        if number == signal.SIGXCPU or (number == signal.SIGKILL and over):
            return {
                "kind": "out_of_time",
                "signal": number,
                "why": f"more than {self.limits.cpu_seconds:g} s of CPU time",
            }
        return {"kind": "signalled", "signal": number}

    def _answer(self) -> bool:
        """Read the control line: False when the trusted side let go or said so, else send the usage so far."""
        try:
            word = self.control_line.recv(64)
        except OSError:
            return False
        return bool(word) and b"k" not in word and self.tell_usage()

    def tell_usage(self) -> bool:
        """Say on the control line what is used so far; False when nobody listens any more."""
        load = self.tree.load()
        usage = {"cpu_seconds": round(load.cpu_seconds, 4), "processes": load.processes}
        try:
            self.control_line.send(json.dumps(usage).encode() + b"\n", socket.MSG_DONTWAIT)
        except OSError:
            return False
        return True

    def _broken_limit(self) -> dict[str, object] | None:
        limits, load = self.limits, self.tree.load()
        if load.cpu_seconds > limits.cpu_seconds + 1:
            return {
                "kind": "out_of_time",
                "why": f"its processes together used more than {limits.cpu_seconds:g} s of CPU time",
            }
        most = limits.total_memory_mib << 20
        if load.bytes_at_most > most and self.tree.own_bytes() > most:
            return {
                "kind": "out_of_memory",
                "why": f"its processes together held more than {limits.total_memory_mib} MiB",
            }
        if load.threads > limits.processes:
            why = f"more than {limits.processes} processes and threads"
            return {"kind": "signalled", "signal": signal.SIGKILL, "why": why}
        self._ticks += 1
        if self._ticks % _SELDOM == 0 and load.processes >= _SEVERAL:
            most = _MAPPINGS_OF_A_PROCESS * limits.processes
            if self.tree.has_more_mappings(most):
                return {"kind": "out_of_memory", "why": f"its processes together had more than {most} mappings"}
        sockets = self.tree.sockets_of_the_namespace()
        if self.scratch is not None:
            if self.tree.written_bytes() > _REWRITES * (limits.scratch_mib << 20):
                return _FULL
            if self._ticks % _SELDOM == 0:
                held = self.tree.held(self.scratch, limits.file_mib << 20)
                sockets = held.sockets
                used, files = tree.folder_use(self.scratch, limits.scratch_files)
                if used + held.nameless_bytes > limits.scratch_mib << 20 or files > limits.scratch_files:
                    return _FULL
        if sockets > limits.sockets:
            return {"kind": "signalled", "signal": signal.SIGKILL, "why": f"more than {limits.sockets} sockets"}
        return None


def _descriptor_of(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends, where the system has such (Linux 5.3)."""
    try:
        return os.pidfd_open(pid)  # type: ignore[attr-defined,unused-ignore]
    except (AttributeError, OSError):
        return None


def _say(exit_report: int, what: dict[str, object]) -> None:
    try:
        os.write(exit_report, json.dumps(what).encode() + b"\n")
    except OSError:
        pass  # the fork server is gone, and with it whoever wanted to know
