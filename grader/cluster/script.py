"""The batch script of a class's tasks."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from grader.grading import Settings

# A status of 1 says that something could not be graded: the records say so, and the task has done its work.
SCRIPT = """\
#!/bin/sh
# One part of a class: written by tl grade --slurm. The course key lies in the output folder, not here.
{command} --shard "$SLURM_ARRAY_TASK_ID/{count}"
status=$?
[ $status -eq 1 ] && status=0
exit $status
"""


def command_of(submissions: Path, out: Path, settings: Settings) -> list[str]:
    """What grades the class, without the shard and without the key: this very Python, from any folder."""
    selection = settings.selection
    words = [sys.executable, "-P", "-m", "grader.cli", "grade", os.path.abspath(submissions)]
    words += ["--out", os.path.abspath(out), "--jobs", str(settings.jobs), "--isolation", settings.isolation]
    words += ["--time-limit", f"{settings.time_limit:g}"]
    words += [word for name in selection.only for word in ("--only", name)]
    return [*words, "--again"] if selection.again else words


def script_of(command: list[str], count: int) -> str:
    """The script that each task runs; Slurm tells it which part is its own."""
    return SCRIPT.format(command=shlex.join(command), count=count)
