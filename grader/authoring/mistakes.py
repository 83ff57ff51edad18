"""An author's mistake as one line: file, line, what happened. It is never a fault of `tl`, and never a traceback."""

from __future__ import annotations

import inspect
import traceback
from pathlib import Path
from typing import Any

from grader.exercise.catalogue import ROOT

ROOMS = ("grader/hidden", "grader/remote/tools", "tlcore/checks", "tlcore/misconceptions", "tlcore/reference")
"""Where authors write code."""


def located(error: BaseException, fallback: str, root: Path = ROOT) -> str:
    """`file:line: Type: message`, at the innermost line that an author wrote, else at `fallback`."""
    place = fallback
    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown(error.filename, root)}:{error.lineno}: syntax error: {error.msg}; mend this line"
    for frame in traceback.extract_tb(error.__traceback__):
        name = shown(frame.filename, root)
        if name.startswith((*ROOMS, "tests/answers", "solutions")):
            place = f"{name}:{frame.lineno}"
    said = " ".join(str(error).split())[:300]
    kind = type(error).__name__
    return f"{place}: {said}" if kind == "LearnerError" else f"{place}: {kind}: {said}"


def line_of(definition: Any) -> int:
    """The line where a function or class begins, decorators included; 1 where nobody knows."""
    try:
        return inspect.getsourcelines(definition)[1]
    except (OSError, TypeError):
        return 1


def shown(filename: str, root: Path = ROOT) -> str:
    """A file's name as an author knows it; an answer's is between angles while it runs."""
    name = filename.removeprefix("<answer ").removesuffix(">")
    path = Path(name)
    return path.relative_to(root).as_posix() if path.is_absolute() and path.is_relative_to(root) else name
