"""Writes changes.html: two gradings of a class, side by side."""

from collections.abc import Iterable
from pathlib import Path

from grader.files import write_atomic
from grader.results import safe_name
from grader.results.comparing import Comparison

from .writing import Pages

FILE = "changes.html"


def write_changes(out_dir: Path | str, changed: Comparison, against: str, with_pages: Iterable[str]) -> Path:
    """Write OUT/changes.html; its path. against: what was compared with, a phrase.

    with_pages: learners who have a feedback page in OUT, to which their names lead. Raises OutputFull or
    OutputNotWritable.
    """
    files = {learner: f"feedback/{safe_name(learner)}.html" for learner in with_pages}
    path = Path(out_dir) / FILE
    page = Pages().changes(changed, against, files)
    write_atomic(path, page.encode("utf-8"), durable=False)
    return path
