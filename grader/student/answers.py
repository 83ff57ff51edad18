"""Who answers a hidden test: the learner in the sandbox, or trusted code in this process. One protocol for both."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Protocol

import torch

from grader.remote import wire
from grader.remote.executor import Executor
from grader.student.bounded import unwatched

OURS = {"TimeLimit", "Died", "Killed", "OutOfMemory", "Unreadable", "WrongKind"}
"""Ends that this side finds out by itself; an exception of that name says nothing about them."""

REPLY_BYTES = 32 * 2**20
"""Bytes of tensors that the answers to one question's hidden tests may have in all, since they are kept until it is
judged. Right ones have 2 to 132 KiB."""


class LearnerError(Exception):
    """The learner's code raised, answered with something unreadable, ran out of time or took its process down."""

    def __init__(self, kind: str, message: str = "", line: str = ""):
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind, self.message, self.line = kind, message, line


class Fault(Exception):
    """The grader's side failed, not the learner: the submission is graded again."""


class Answers(Protocol):
    """Who is asked. Both raise LearnerError, and Fault where the sandbox failed."""

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> tuple[Any, dict[str, torch.Tensor]]:
        """Takes a request and its tensors, gives the reply's value and tensors."""
        ...

    def start_afresh(self) -> None:
        """The same answer in a process that remembers nothing of what was asked so far."""
        ...


class TrustedAnswers:
    """Functions of this project (a reference, a misconception, an alternative) answer, in this process."""

    def __init__(self, names: Mapping[str, Any]):
        self._names = names
        self.executor = Executor(as_defined(names))

    def start_afresh(self) -> None:
        """Objects are forgotten, and defaults are as they were defined. Trusted code keeps nothing else."""
        self.executor = Executor(as_defined(self._names))

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> tuple[Any, dict[str, torch.Tensor]]:
        """Through bytes and back, so that nothing is shared that a sandbox would not share."""
        header, sent = wire.decode(*_parts(wire.encode(request, tensors)))
        reply, answered = self.executor.handle(header, sent)
        return _value(*wire.decode(*_parts(wire.encode(reply, answered))))


def as_defined(names: Mapping[str, Any]) -> dict[str, Any]:
    """The same names; a function that could change a default (a list, say) as a copy with defaults of its own, as it is
    in a process that has just defined it."""
    return {name: _with_own_defaults(value) if _may_change_a_default(value) else value for name, value in names.items()}


def _may_change_a_default(value: Any) -> bool:
    if not isinstance(value, FunctionType):
        return False
    defaults = [*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values()]
    return any(isinstance(default, (list, dict, set)) for default in defaults)


def _with_own_defaults(function: FunctionType) -> FunctionType:
    defaults = copy.deepcopy(function.__defaults__)
    own = FunctionType(function.__code__, function.__globals__, function.__name__, defaults, function.__closure__)
    own.__kwdefaults__ = copy.deepcopy(function.__kwdefaults__)
    return own


class SandboxedAnswers:
    """A learner's notebook answers, in its own process behind a socket; `renew` gives that of a fresh process."""

    def __init__(self, socket: Any, time_limit: float, renew: Callable[[], Any]):
        self.socket = socket
        self.time_limit = time_limit
        self._renew = renew
        self.deadline = time.monotonic() + time_limit
        self.bytes_left = REPLY_BYTES
        self.waited = 0.0

    def restart_clock(self, seconds: float | None = None) -> None:
        """A question begins: it has `seconds`, a new one the whole time limit, and as many bytes as any."""
        self.deadline = time.monotonic() + (self.time_limit if seconds is None else seconds)
        self.bytes_left = REPLY_BYTES

    def start_afresh(self) -> None:
        """Another process of the sandbox goes on, within the same time limit."""
        self.socket = self._renew()

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> tuple[Any, dict[str, torch.Tensor]]:
        """Send, wait until the question's deadline, decode. Raises LearnerError."""
        started = time.monotonic()
        try:
            self.socket.settimeout(max(self.deadline - started, 0.001))
            with unwatched():
                wire.send(self.socket, request, tensors)
                header, received = wire.receive(self.socket, self.deadline - time.monotonic(), self.bytes_left)
            self.bytes_left -= sum(tensor.nbytes for tensor in received.values())
        except wire.Late:
            raise LearnerError("TimeLimit", f"no answer within {self.time_limit:g} seconds") from None
        except wire.Closed:
            raise LearnerError("Died", "the process that ran the answer ended before it answered") from None
        except wire.WireError as error:
            raise LearnerError("Unreadable", str(error)) from None
        finally:
            self.waited += time.monotonic() - started
        return _value(header, received)


def _parts(frame: bytes) -> tuple[bytes, bytes]:
    text_length, _ = wire.LENGTHS.unpack_from(frame)
    start = wire.LENGTHS.size
    return frame[start : start + text_length], frame[start + text_length :]


def _value(reply: dict[str, Any], tensors: dict[str, torch.Tensor]) -> tuple[Any, dict[str, torch.Tensor]]:
    if "ok" in reply:
        return reply["ok"], tensors
    error = reply.get("error")
    if not isinstance(error, dict):
        raise LearnerError("Unreadable", "the reply is neither a value nor an error")
    kind, message, line = (_text(error.get(key, "")) for key in ("type", "message", "line"))
    if kind in OURS:
        kind = f"{kind} (an exception of its own)"  # what this side says of a process is for this side to say
    raise LearnerError(kind or "Error", message, line)


def _text(value: Any) -> str:
    """A short text from the other side; anything else (a list in a list in a list, say) counts as empty."""
    return value[:600] if isinstance(value, str) else ""
