"""Running one cell: what fails in it or takes too long is stopped, and what it did before that stays."""

from __future__ import annotations

import ast
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from .cells import first_line

AGAIN = 0.2
"""Seconds after which a cell is interrupted again that did not end: an `except` of its own may have taken the first."""

LEAST = 0.25
"""Seconds that a cell has whatever others took: time to define functions."""

MOST_FAILURES = 20
"""Statements of one cell that may fail before the rest of it is left alone."""


class TookTooLong(KeyboardInterrupt):
    """Raised in a cell whose time is up, as by Jupyter's Interrupt button."""


def run_whole(shell: InteractiveShell, source: str, seconds: float) -> BaseException | None:
    """Run a cell as Jupyter does; what it raised, if anything."""
    error: BaseException | None = None
    try:
        with _interrupted_after(seconds):
            result = shell.run_cell(source, store_history=False, silent=True)
            error = result.error_before_exec or result.error_in_exec
    except TookTooLong as late:  # in the last moment, out of the cell already
        error = error or late
    return error


def run_on(
    shell: InteractiveShell, source: str, seconds: float, transform: Callable[[str], str], as_jupyter: bool = False
) -> BaseException | None:
    """Run a cell, and where a statement of it fails or takes too long, go on with the next; what the first one raised.

    A drive that cannot be mounted here, a package or a file that only the learner has: what stands below such a line
    is there in the learner's own kernel. as_jupyter: go on below such lines only, and not below any other that fails.
    """
    deadline = time.monotonic() + seconds
    first = error = run_whole(shell, source, seconds)
    if error is None or isinstance(error, SyntaxError) or (as_jupyter and not _for_want_of_something(error)):
        return error
    try:
        python = transform(source)
        body = ast.parse(python).body
    except Exception:
        return first
    lines = python.splitlines()
    for _ in range(MOST_FAILURES):
        line = _line_of(error) if error is not None else None
        body = [node for node in body if first_line(node) > line] if line is not None else []
        if not body:
            break
        start = first_line(body[0]) - 1
        left = max(deadline - time.monotonic(), LEAST)
        error = run_whole(shell, "\n" * start + "\n".join(lines[start:]), left)
    return first


def _for_want_of_something(error: BaseException) -> bool:
    """Whether a line may have failed only here: no network, file or package, nobody to type, no time, no GPU."""
    if isinstance(error, ImportError | OSError | EOFError | TookTooLong):
        return True
    with suppress(Exception):
        return isinstance(error, RuntimeError | AssertionError) and any(
            w in str(error) for w in ("CUDA", "cuda", "mps")
        )
    return False


def _line_of(error: BaseException) -> int | None:
    """The line of the cell itself at which it ended; None where that cannot be told."""
    trace: Any = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == "<module>" and ("ipython-input" in code.co_filename or "ipykernel" in code.co_filename):
            return int(trace.tb_lineno)
        trace = trace.tb_next
    return None


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):  # Windows: the grader's own patience is the limit there
        yield
        return

    def stop(*_: Any) -> None:
        raise TookTooLong(f"stopped after {seconds:.3g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), AGAIN)
    try:
        yield
    finally:
        armed = True
        while armed:
            with suppress(TookTooLong):  # the bell rings at this very moment
                signal.setitimer(signal.ITIMER_REAL, 0)
                armed = False
        signal.signal(signal.SIGALRM, before)
