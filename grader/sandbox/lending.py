"""One sandbox for several processes: its owner lends sessions to processes that it forked, one at a time to each.

The borrower talks to the session by itself, over descriptors of its own; only the beginning and the end of a session go
through the owner, who alone hears from the fork server.

    owner                                        borrower (a process forked from the owner's)
    ours, theirs = multiprocessing.Pipe()
    lender = Lender(sandbox, ours)               with Borrowed(theirs, "full").session() as session:
    lender.answer(ours.recv())                       ...
    lender.take_back()                           # whatever became of the borrower
"""

import os
import socket
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from grader.sandbox.fate import Fate
from grader.sandbox.inside.limits import Limits
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session
from grader.sandbox.tiers import SandboxError, Tier


@dataclass(frozen=True)
class Request:
    """What a borrower asks for: `session` (given limits), its `fate` (given seconds), or to `close` it."""

    what: str
    argument: Any = None


class Lender:
    """The owner's side of one borrower."""

    def __init__(self, sandbox: Sandbox, connection: Connection) -> None:
        self._sandbox = sandbox
        self._connection = connection
        self._lent: Session | None = None

    def answer(self, request: Request) -> None:
        """Do what the borrower asks for. Raises OSError where the borrower has gone."""
        if request.what == "session":
            self._lend(request.argument)
            return
        assert self._lent is not None
        self._connection.send(self._lent.fate(request.argument) if request.what == "fate" else self._lent.close())

    def _lend(self, limits: Limits | None) -> None:
        self.take_back()
        try:
            self._lent = self._sandbox.session(limits)
        except SandboxError as error:
            self._connection.send(str(error))
            return
        self._connection.send(self._lent.number)
        with socket.socket(fileno=os.dup(self._connection.fileno())) as way:
            socket.send_fds(way, [b"+"], self._lent.descriptors())

    def take_back(self) -> None:
        """End what is lent."""
        if self._lent is not None:
            self._lent.close()
            self._lent = None


class Borrowed:
    """The borrower's side: gives sessions as a Sandbox does."""

    def __init__(self, connection: Connection, tier: Tier) -> None:
        self._connection = connection
        self.tier = tier

    def session(self, limits: Limits | None = None) -> Session:
        """A fresh session; the one before must have been closed. Raises SandboxError as a sandbox does."""
        self._connection.send(Request("session", limits))
        number = self._connection.recv()
        if isinstance(number, str):
            raise SandboxError(number)
        with socket.socket(fileno=os.dup(self._connection.fileno())) as way:
            _, descriptors, _, _ = socket.recv_fds(way, 1, 2)
        channel, control_line = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        return _BorrowedSession(number, channel, control_line, self._connection)


class _BorrowedSession(Session):
    """A session whose end is heard of by its owner."""

    def __init__(self, number: int, channel: socket.socket, control_line: socket.socket, owner: Connection) -> None:
        super().__init__(number, channel, control_line)
        self._owner = owner

    def fate(self, timeout: float | None = 0.0) -> Fate:
        return self._ask(Request("fate", timeout))

    def close(self, patience: float = 10.0) -> Fate:
        fate = self._ask(Request("close"))
        self.socket.close()
        self._control_line.close()
        return fate

    def _ask(self, request: Request) -> Fate:
        if not self._ended.is_set():
            self._owner.send(request)
            fate: Fate = self._owner.recv()
            if not fate.running:
                self.end(fate)
        return self._fate
