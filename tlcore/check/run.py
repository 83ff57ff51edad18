"""`check`: from the id of a question to a Report. It never raises on a wrong answer (but for nbgrader's Validate)."""

from __future__ import annotations

import difflib
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tlcore.check.learner_code import Stop, namespaces, with_copies
from tlcore.check.plain_data import type_name
from tlcore.check.report import Report, Status, Stopped
from tlcore.check.show import Show
from tlcore.check.surroundings import Printed, TooMuchOutput, apart
from tlcore.check.topics import CHECKS, find_check, known_questions


class NotYet(AssertionError):
    """What a wrong answer raises while nbgrader validates: the report, and in a notebook no traceback around it."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython shows in the place of a traceback."""
        return str(self).splitlines()


def check(question: str, *, namespace: Mapping[str, Any] | None = None, package: str = CHECKS) -> Report:
    """Check what you wrote for `question` and return a Report that the notebook shows.

    question: its id, such as "freeze". namespace: where to look for your functions instead of the notebook.
    package: where the topics with the checks are. AssertionError for a wrong answer while nbgrader validates.
    """
    # The caller is the notebook cell (or script) that called us.
    spaces = [namespace] if namespace is not None else namespaces(sys._getframe(1))
    report = _report(str(question), spaces, package)
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and not report.passed:
        # The button `Validate` of nbgrader takes every cell that raises nothing for a success.
        raise NotYet(report)
    return report


def _report(question: str, spaces: list[Mapping[str, Any]], package: str) -> Report:
    try:
        function = find_check(question, package)
    except Exception as error:
        what = f"The checks of this question could not be loaded: {type(error).__name__}: {error}"[:400]
        return Report(question, "error", stopped=Stopped(what))
    if function is None:
        return Report(question, "unknown", stopped=Stopped(*_known(question, package)))
    return run_check(question, function, spaces)


def run_check(question: str, function: Callable[..., Any], spaces: list[Mapping[str, Any]]) -> Report:
    """Run the check `function` on the names in `spaces`, the first that has a name first. Raises nothing."""
    found: dict[str, Any] = {}
    for name in _asked_for(function):
        value, problem = _look_up(name, spaces)
        if problem:
            return Report(question, "missing", stopped=Stopped(problem))
        found[name] = value
    return _run(question, function, found, spaces)


def _run(question: str, function: Callable[..., Any], found: dict[str, Any], spaces: list[Mapping[str, Any]]) -> Report:
    show = Show()
    returned: dict[str, Any] = {}
    printed = Printed()
    status: Status
    try:
        with apart() as printed:
            function(**{name: with_copies(value, returned) for name, value in found.items()}, show=show)
    except BaseException as error:  # learner code may raise SystemExit too; nothing of it may end the notebook
        stop = Stop(error, spaces, function.__module__)
        status, stopped = _explain(stop, returned)
        if stop.frame is not None:
            stopped = replace(stopped, place=(stop.frame.f_code.co_filename, stop.line))
        error.__traceback__ = None  # would keep every tensor of the check alive as long as the report
        return Report(question, status, show.items, stopped, printed.text)
    report = Report(question, "passed", show.items, printed=printed.text)
    if not report.verdicts or not all(v.holds for v in report.verdicts):
        report.status = "failed"
    return report


def _explain(stop: Stop, returned: dict[str, Any]) -> tuple[Status, Stopped]:
    where = f"line {stop.number} of {stop.function}" if stop.function != "<module>" else f"line {stop.number}"
    if stop.blank:
        return "blank", Stopped(
            f"The blank in {stop.function} is not filled in yet: write your code there, run it, and check again."
        )
    if isinstance(stop.error, KeyboardInterrupt):
        at = f"Interrupted at {where}:" if stop.frame else "Interrupted."
        return "interrupted", Stopped(at, stop.source, "If it ran for long: does this loop ever end?")
    if isinstance(stop.error, TooMuchOutput):
        at = (
            f"Your code printed without end, last at {where}:"
            if stop.in_learner_code
            else "Your code printed without end."
        )
        return "error", Stopped(at, stop.source, "Does this loop ever end?")
    if stop.in_learner_code:
        return "error", Stopped(f"Your code stopped at {where}:", stop.source, stop.said)
    nothing = [name for name, value in returned.items() if value is None]
    hint = f" ({nothing[0]} returned None: is a `return` missing?)" if nothing else ""
    at = "The check could not go on with what your code gave back" + (", here:" if stop.source else ".")
    return "error", Stopped(at, stop.source, stop.said + hint)


def _asked_for(function: Callable[..., Any]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "show"]


def _look_up(name: str, spaces: list[Mapping[str, Any]]) -> tuple[Any, str]:
    """The learner's function or class, or a friendly line that says what to do."""
    for space in spaces:
        if name in space:
            value = space[name]
            if callable(value):
                return value, ""
            return None, f"{name} is now {type_name(value)!r} data, not a function: run the cell that defines it again."
    line = f"{name} is not defined yet: run the cell above first, then this one again."
    near = [
        n for space in spaces for n, v in space.items() if isinstance(n, str) and callable(v) and not n.startswith("_")
    ]
    close = difflib.get_close_matches(name, near, 1, 0.8)
    return None, line + (f" (There is a {close[0]}: the check looks for {name}.)" if close else "")


def _known(question: str, package: str) -> tuple[str, str, str]:
    known = known_questions(package)
    if not known:
        return "No checks are installed here: is tl-exercises complete? Try `tl doctor`.", "", ""
    every = [q for questions in known.values() for q in questions]
    close = difflib.get_close_matches(question, every, 1, 0.6)
    line = f"There is no question {question[:80]!r}." + (f" Did you mean {close[0]!r}?" if close else "")
    listed = "; ".join(f"{topic}: {', '.join(questions)}" for topic, questions in known.items())
    return line, "", f"Known questions: {listed}"
