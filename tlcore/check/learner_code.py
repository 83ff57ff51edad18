"""Finding what the learner wrote, calling it with copies of the inputs, and saying in one line where it stopped."""

from __future__ import annotations

import copy
import dis
import functools
import linecache
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType, FunctionType, TracebackType
from typing import Any

_HERE = str(Path(__file__).resolve().parent)
_LIBRARIES = tuple({sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def namespaces(caller: FrameType | None) -> list[Mapping[str, Any]]:
    """Where the learner's names are: the notebook's namespace if IPython runs, then the caller's globals."""
    found: list[Mapping[str, Any]] = []
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is not None:
        found.append(shell.user_ns)
    if caller is not None:
        found.append(caller.f_globals)
    return found


def with_copies(function: Callable[..., Any], returned: dict[str, Any]) -> Callable[..., Any]:
    """Wrap a learner's function: plain inputs arrive as copies, and `returned[name]` keeps what it last gave back.

    Copied: tensors that need no gradient, arrays, and lists, tuples, dicts and sets of plain data, so that a function
    that changes its input does not change what the check compares with. Modules, parameters and loaders go in as they
    are: to work in place on them is often the task. `__wrapped__` is the learner's function itself. Classes are not
    wrapped: checks build and subclass them.
    """
    if isinstance(function, type) or not callable(function):
        return function
    name = getattr(function, "__name__", "")

    def call(*args: Any, **kwargs: Any) -> Any:
        memo: dict[int, Any] = {}
        copied = {key: _copied(value, memo) for key, value in kwargs.items()}
        result = function(*(_copied(value, memo) for value in args), **copied)
        returned[name] = result
        return result

    return functools.wraps(function)(call) if isinstance(function, FunctionType) else call


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    return copy.deepcopy(value, memo) if _is_plain(value, 6) else value


def _is_plain(value: Any, depth: int) -> bool:
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        return True
    if type(value) in (list, tuple, set, frozenset):
        return depth > 0 and len(value) <= 10_000 and all(_is_plain(item, depth - 1) for item in value)
    if type(value) is dict:
        return depth > 0 and len(value) <= 10_000 and all(_is_plain(v, depth - 1) for v in value.values())
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if numpy is not None and type(value) is numpy.ndarray:
        return value.dtype.kind in "biufcUS"
    return torch is not None and type(value) is torch.Tensor and not value.requires_grad


class Stop:
    """Where and how learner code stopped: an exception, an interrupt, an unfilled blank."""

    def __init__(self, error: BaseException, learner: list[Mapping[str, Any]], check_module: str | None) -> None:
        self.error = error
        self._learner = learner
        self._check_module = check_module
        frames = _frames(error.__traceback__)
        own = [f for f in frames if self._is_learner(f[0])]
        checks = [f for f in frames if f[0].f_globals.get("__name__") == check_module]
        self.frame: FrameType | None = None
        self.line = 0
        if own or checks:
            self.frame, self.line = (own or checks)[-1]
        self.in_learner_code = bool(own)
        self._innermost_is_learner = bool(own) and frames[-1] == own[-1]
        self._by_raise_statement = _by_raise_statement(error.__traceback__)

    @property
    def blank(self) -> bool:
        """Whether a blank was left as it came: the stub's own `raise NotImplementedError`, not torch's error."""
        return type(self.error) is NotImplementedError and self._innermost_is_learner and self._by_raise_statement

    @property
    def function(self) -> str:
        """The name of the function it stopped in, with its class."""
        if self.frame is None:
            return ""
        return getattr(self.frame.f_code, "co_qualname", self.frame.f_code.co_name).replace("<locals>.", "")[:80]

    @property
    def number(self) -> int:
        """The line within the function, 1 for its `def` line."""
        if self.frame is None:
            return 0
        whole_cell = self.frame.f_code.co_name == "<module>"
        return self.line - (0 if whole_cell else self.frame.f_code.co_firstlineno - 1)

    @property
    def source(self) -> str:
        """The source line, stripped; empty if it cannot be found."""
        if self.frame is None:
            return ""
        return linecache.getline(self.frame.f_code.co_filename, self.line, self.frame.f_globals).strip()[:160]

    @property
    def said(self) -> str:
        """Type and message of the exception in one line."""
        try:
            message = " ".join(str(self.error).split())
        except Exception:
            message = ""
        name = type(self.error).__name__[:60]
        message = message if len(message) <= 300 else message[:299] + "…"
        return f"{name}: {message}" if message else name

    def _is_learner(self, frame: FrameType) -> bool:
        if any(frame.f_globals is space for space in self._learner):
            return True
        path, module = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
        ours = module == self._check_module or module.split(".")[0] == "tlcore" or path.startswith(_HERE)
        return not ours and not path.startswith((*_LIBRARIES, "<frozen"))


def _frames(traceback: TracebackType | None) -> list[tuple[FrameType, int]]:
    found = []
    while traceback is not None:
        found.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found


def _by_raise_statement(traceback: TracebackType | None) -> bool:
    """Whether the exception comes from a `raise` in Python code; an error out of torch comes from a call."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_code.co_code[traceback.tb_lasti] == dis.opmap["RAISE_VARARGS"]
