"""Replies forged at the level of values: what a process may claim that has the wrong answer, or none.

A forger answers with what trusted code would (a wrong answer of some kind), but changes every reply in one cheap way.
"""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from grader.remote import wire
from grader.student.answers import Answers, LearnerError, TrustedAnswers

Reply = tuple[Any, dict[str, torch.Tensor]]
Change = Callable[["Forger", dict[str, Any], dict[str, torch.Tensor], Reply], Reply]


class Remembered:
    """The functions `names`, and what they replied to one hidden test: asked the same again from the start, they need
    not run again. `again()` gives the answerer of one more run.
    """

    def __init__(self, names: dict[str, Any]):
        self.names = names
        self.heard: list[tuple[bytes, Reply | LearnerError]] = []

    def again(self) -> _OneRun:
        """An answerer that remembers nothing of the runs before, as far as anybody can tell."""
        return _OneRun(self)


class _OneRun:
    """Replies from memory, as long as all is asked in the words of the first run; from there on the functions run."""

    def __init__(self, remembered: Remembered):
        self._remembered = remembered
        self._asked: list[bytes] = []
        self._live: TrustedAnswers | None = None

    def start_afresh(self) -> None:
        self._reply(_AFRESH)

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Reply:
        return self._reply(wire.encode(request, tensors))

    def _reply(self, frame: bytes) -> Reply:
        heard, at = self._remembered.heard, len(self._asked)
        self._asked.append(frame)
        if self._live is None and at < len(heard) and heard[at][0] == frame:
            return _copied(heard[at][1])
        if self._live is None:
            self._live = TrustedAnswers(self._remembered.names)
            for earlier in self._asked[:-1]:
                _from(self._live, earlier)
        reply = _from(self._live, frame)
        if at == len(heard) and all(one == other for one, (other, _) in zip(self._asked, heard, strict=False)):
            heard.append((frame, reply))
        return _copied(reply)


_AFRESH = b"a process that remembers nothing"


def _from(answers: TrustedAnswers, frame: bytes) -> Reply | LearnerError:
    """What is replied to a frame, or the error that is raised."""
    if frame == _AFRESH:
        answers.start_afresh()
        return None, {}
    text, _ = wire.LENGTHS.unpack_from(frame)
    start = wire.LENGTHS.size
    try:
        return answers.ask(*wire.decode(frame[start : start + text], frame[start + text :]))
    except LearnerError as error:
        return error


def _copied(reply: Reply | LearnerError) -> Reply:
    """A reply that its hearer may change. Raises the error that it is."""
    if isinstance(reply, LearnerError):
        raise LearnerError(reply.kind, reply.message, reply.line)
    return copy.deepcopy(reply[0]), {name: value.clone() for name, value in reply[1].items()}


class Forger:
    """Answers as `inner` would, changed by `change`; `right` are the right answer's replies, in order."""

    def __init__(self, inner: Answers, change: Change, right: list[Reply]):
        self._inner = inner
        self._change, self.right = change, right
        self.at = -1
        self.said: dict[str, Reply] = {}

    def start_afresh(self) -> None:
        """As the one that it stands before; what it has heard it keeps, as a forger outside a sandbox could."""
        self._inner.start_afresh()

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Reply:
        """The forged reply."""
        self.at += 1
        return self._change(self, request, tensors, self._inner.ask(request, tensors))


class Recorder(TrustedAnswers):
    """The right answer, which remembers what it replied."""

    def __init__(self, names: dict[str, Any]):
        super().__init__(names)
        self.replies: list[Reply] = []

    def ask(self, request: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Reply:
        """The reply, remembered."""
        self.replies.append(super().ask(request, tensors))
        return self.replies[-1]


def filled_with(number: float) -> Change:
    """Every tensor of the right shape, with one number in it."""

    def change(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
        return reply[0], {name: torch.full_like(value, number) for name, value in reply[1].items()}

    return change


def nan(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """NaN wherever it can be."""
    holes = {n: torch.full_like(v, torch.nan) if v.is_floating_point() else v for n, v in reply[1].items()}
    return reply[0], holes


def flags(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Every truth value is as of the right answer."""
    right = forger.right[forger.at] if forger.at < len(forger.right) else reply
    return right if isinstance(reply[0], bool) and isinstance(right[0], bool) else reply


def claims(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Flags, counts, names and sizes that the grader's own tools tell are as of the right answer.

    Not what the answer's functions and objects say: a name that these get right is a right answer.
    """
    right = forger.right[forger.at] if forger.at < len(forger.right) else reply
    return right if "tool" in request and _plain(reply) and _plain(right) else reply


def _plain(reply: Reply) -> bool:
    return not reply[1] and '"ref"' not in json.dumps(reply[0])


def small(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Every number that is counted or measured on the other side is 0."""
    return (0 if type(reply[0]) in (int, float) else reply[0]), reply[1]


def yes(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Every truth value is True."""
    return (True if isinstance(reply[0], bool) else reply[0]), reply[1]


def no(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Every truth value is False."""
    return (False if isinstance(reply[0], bool) else reply[0]), reply[1]


def the_same_again(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Whoever asks twice for tensors of one kind and shape hears the same twice."""
    if not reply[1]:
        return reply
    what = request.get("tool") or request.get("function") or "object"
    kind = f"{what} {[(n, tuple(v.shape)) for n, v in sorted(reply[1].items())]}"
    return forger.said.setdefault(kind, reply)


def as_first_said(forger: Forger, request: dict[str, Any], tensors: Any, reply: Reply) -> Reply:
    """Whoever asks one object twice for tensors, in the same words, hears the same twice, whatever he sends along."""
    if not reply[1]:
        return reply
    words = {key: value for key, value in request.items() if key != "seed"}
    return forger.said.setdefault(json.dumps(words, sort_keys=True), reply)


def nearly_as_said(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """What is the same as something said before but for rounding is said as it was then."""
    for said in forger.said.values():
        same = said[1].keys() == reply[1].keys() and all(v.shape == reply[1][n].shape for n, v in said[1].items())
        if reply[1] and same and all(torch.allclose(v, reply[1][n], atol=1e-4) for n, v in said[1].items()):
            return reply[0], said[1]
    forger.said[str(forger.at)] = reply
    return reply


def never_the_same(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Whoever asks twice never hears the same twice."""
    generator = torch.Generator().manual_seed(forger.at)
    return reply[0], {
        n: v + torch.randn(v.shape, generator=generator).to(v.dtype) if v.is_floating_point() else v
        for n, v in reply[1].items()
    }


def echo(forger: Forger, request: Any, tensors: dict[str, torch.Tensor], reply: Reply) -> Reply:
    """Where the question held a tensor of the answer's shape, that is the answer."""
    by_shape = {tuple(value.shape): value for value in tensors.values()}
    return reply[0], {n: by_shape.get(tuple(v.shape), v) for n, v in reply[1].items()}


def empty(forger: Forger, request: Any, tensors: Any, reply: Reply) -> Reply:
    """Containers without content: all of nothing is true."""
    if isinstance(reply[0], dict) and set(reply[0]) & {"list", "tuple", "set", "dict"}:
        return {tag: [] for tag in reply[0]}, {}
    return reply


CHANGES: dict[str, Change] = {
    "zeros": filled_with(0.0),
    "ones": filled_with(1.0),
    "nan": nan,
    "flags": flags,
    "claims": claims,
    "small": small,
    "yes": yes,
    "no": no,
    "the_same_again": the_same_again,
    "as_first_said": as_first_said,
    "nearly_as_said": nearly_as_said,
    "never_the_same": never_the_same,
    "echo": echo,
    "empty": empty,
}


class _Passes(nn.Module):
    """Stands for any class of an answer: it passes on what its first argument gives."""

    def __init__(self, inner: Any = None, *args: Any, **kwargs: Any):
        super().__init__()
        self.inner = inner

    def forward(self, *args: Any) -> Any:
        """What the inner module gives."""
        return self.inner(*args)


def does_nothing(names: dict[str, Any]) -> dict[str, Any]:
    """An answer that returns its first argument, whatever it is asked."""
    return {name: _Passes if inspect.isclass(value) else _first for name, value in names.items()}


def _first(*args: Any, **kwargs: Any) -> Any:
    return args[0] if args else None


def wrong_answers(reference: dict[str, Any], misconceptions: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names of wrong answers to begin from, with what they define."""
    yield "does_nothing", does_nothing(reference)
    for wrong in misconceptions:
        yield wrong.label, {**reference, **wrong.names}
