"""What the autograder.zip runs before otter: a file that otter would stumble over gets a line that says what to do.

otter reads the notebook before its plugins are asked. On Gradescope, in `otter grade` and with `python autograder.zip`
it is called from here, so that what cannot be graded is told in results.json like everything else. The command
`otter run` does not come this way.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from grader.channels.one_by_one import NotGraded, read_submission
from grader.text import clean

PLUGIN = "grader.channels.otter.plugin.GradeInSandbox"
NAME = "not graded"
HANDED_IN = "handed_in"
"""The folder beside otter's `submission` with the notebook to grade, byte for byte. otter finds an empty one in its
place: it stumbles over some that Jupyter and we can read, such as one that begins with a byte order mark."""

OTTER = ((6, 0), (8, 0))
"""The versions of otter-grader that this was written for: from the first, below the second."""


def main(home: Path) -> int:
    """Grade `home/submission` into `home/results/results.json`: 0, or 1 where the grader itself could not.

    `home` is laid out as Gradescope's /autograder, with this autograder.zip unpacked in `home/source`.
    """
    problem = wrong_otter()
    if problem is not None:
        print(f"tl: {problem}", file=sys.stderr)
        return 1
    config = json.loads((home / "source" / "otter_config.json").read_text(encoding="utf-8"))
    exercise = next(plugin[PLUGIN]["exercise"] for plugin in config["plugins"] if PLUGIN in plugin)
    try:
        notebook = one_notebook(home / "submission", exercise)
        read_submission(notebook, exercise)
    except NotGraded as reason:
        results = refusal(exercise, str(reason))
        print(results["output"])
        (home / "results" / "results.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
        return 0
    _put_aside(notebook, home)
    # A second of grammar building for a check of addresses that no notebook needs; jsonschema does without.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from otter.run.run_autograder import main as run_autograder

    from grader.sandbox import SandboxError, SandboxUnavailable

    try:
        run_autograder(str(home))
    except (NotGraded, SandboxError, SandboxUnavailable) as reason:
        print(f"tl: this could not be graded, which is no fault of the submission: {reason}", file=sys.stderr)
        return 1
    return 0


def wrong_otter() -> str | None:
    """What to install where otter-grader is missing or of a version that this was not written for."""
    low, high = (".".join(map(str, v)) for v in OTTER)
    remedy = f"pip install 'otter-grader>={low},<{high}'"
    try:
        found = version("otter-grader")
    except PackageNotFoundError:
        return f"otter-grader is not installed: {remedy}"
    number = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
    if not OTTER[0] <= number < OTTER[1]:
        return f"this is made for otter-grader {low} or later, below {high}; {found} is installed. {remedy}"
    return None


def one_notebook(folder: Path, exercise: str) -> Path:
    """The notebook to grade of all that was handed in. Raises NotGraded where it is not clear which.

    Of several, the one with the exercise's own name counts; it may lie in a folder, as in a zip of a folder.
    """
    found = sorted(p for p in folder.rglob("*.ipynb") if not _aside(p.relative_to(folder)))
    named = [path for path in found if path.stem == exercise]
    chosen = named if len(named) == 1 else found
    if not chosen:
        names = sorted(path.name for path in folder.iterdir() if path.name[0] not in "._")
        instead = f" (there is {', '.join(names[:5])})" if names else ""
        raise NotGraded(f"no notebook was handed in{instead}: hand in {exercise}.ipynb")
    if len(chosen) > 1:
        several = ", ".join(str(path.relative_to(folder)) for path in found[:5])
        raise NotGraded(f"there are {len(found)} notebooks for {exercise} ({several}): keep one, {exercise}.ipynb")
    return chosen[0]


def refusal(exercise: str, reason: str) -> dict[str, Any]:
    """Results for a submission that cannot be graded. Gradescope asks for a score with every result; it is 0 here."""
    from grader.exercise.catalogue import load_exercise

    reason = clean(reason, 1200)
    line = f"Not graded: {reason}"
    most = load_exercise(exercise).max_points
    test = {"name": NAME, "score": 0.0, "max_score": most, "visibility": "visible", "status": "failed", "output": line}
    return {"output": line, "tests": [test], "extra_data": {"status": "not_graded", "reason": reason}}


def _aside(path: Path) -> bool:
    """Copies that Jupyter and macOS put beside a notebook."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _put_aside(notebook: Path, home: Path) -> None:
    """Leave this notebook alone in `home/HANDED_IN`, and in `home/submission` an empty one: otter wants exactly one."""
    data = notebook.read_bytes()
    aside, folder = home / HANDED_IN, home / "submission"
    for path in [aside, *folder.rglob("*.ipynb")]:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    aside.mkdir()
    (aside / notebook.name).write_bytes(data)
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / notebook.name).write_text(json.dumps(empty), encoding="utf-8")
