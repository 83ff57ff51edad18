"""Workers of `tl grade --jobs N`: processes that judge, forked from the grader, all borrowing from its one sandbox."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader.grading.judge import Judge
from grader.results import SubmissionResult
from grader.sandbox import Sandbox, Tier
from grader.sandbox.inside import kernel
from grader.sandbox.lending import Borrowed, Lender, Request
from grader.submissions import Found

ATTEMPTS = 2
"""How often a submission is tried whose worker is gone before it is done."""

_forking = threading.Lock()


class Worker:
    """A process that grades one submission at a time; used by one thread of the grader's."""

    def __init__(self, judge: Judge, tier: Tier) -> None:
        self._judge, self._tier = judge, tier
        self._start()

    def result(self, sandbox: Sandbox, found: Found) -> SubmissionResult:
        """The result of one submission. A worker that dies over it is replaced, and after that it is not graded."""
        for _attempt in range(ATTEMPTS):
            try:
                return self._ask(sandbox, found)
            except (EOFError, OSError):
                self.end()
                self._start()
        return self._judge.lost(found, self._tier, "a worker was killed over this submission")

    def _ask(self, sandbox: Sandbox, found: Found) -> SubmissionResult:
        lender = Lender(sandbox, self._connection)
        try:
            self._connection.send(found)
            while isinstance(message := self._heard(), Request):
                lender.answer(message)
        finally:
            lender.take_back()
        if isinstance(message, BaseException):
            raise message
        result: SubmissionResult = message
        return result

    def _heard(self) -> Any:
        """What the worker says next. Raises EOFError where it has gone, or stands still as after a SIGSTOP."""
        while not self._connection.poll(1.0):
            if _is_stopped(self.pid):
                raise EOFError
        return self._connection.recv()

    def _start(self) -> None:
        with _forking:  # or another worker would hold this one's end of the line
            self._connection, theirs = multiprocessing.Pipe()
            arguments = (self._judge, self._tier, theirs, os.getpid())
            self._process = multiprocessing.get_context("fork").Process(target=_work, args=arguments, daemon=True)
            gc.freeze()  # what is there before the fork stays shared: no collection in the worker touches it
            try:
                self._process.start()
            finally:
                gc.unfreeze()
                theirs.close()

    @property
    def pid(self) -> int | None:
        """Its process."""
        return self._process.pid

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._connection.close()
        self._process.kill()
        self._process.join()


def _is_stopped(pid: int | None) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    except OSError:
        return False


def _work(judge: Judge, tier: Tier, owner: Connection, parent: int) -> None:
    """The worker's process: a submission in, its result out, until the grader hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle: it finishes what runs
    kernel.die_with_parent()
    if os.getppid() != parent:  # it died before that was set up
        return
    with suppress(EOFError, OSError):
        while True:
            found = owner.recv()
            owner.send(_result(judge, Borrowed(owner, tier), found))


def _result(judge: Judge, sandbox: Borrowed, found: Found) -> SubmissionResult | Exception:
    try:
        return judge.result(sandbox, found)
    except (EOFError, OSError):
        raise  # the grader is gone
    except Exception as error:
        return error
