"""Talking to Slurm by its own commands: sbatch and squeue. Nothing is parsed but what they are asked to print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cluster.errors import ClusterError, Unreachable
from grader.grading.course_key import ENVIRONMENT

ANSWER_SECONDS = 120.0
ENDED = {
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
}
"""States in which a task is over. One that Slurm runs again by itself goes back to PENDING."""


@dataclass(frozen=True)
class Task:
    """A task of an array as squeue shows it: its state (RUNNING), and why it is in it (Resources)."""

    number: int
    state: str
    reason: str

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.state in ENDED


def require() -> None:
    """Raises ClusterError where Slurm's commands are not to be found."""
    for program in ("sbatch", "squeue"):
        if shutil.which(program) is None:
            raise ClusterError(
                f"there is no {program} here: run this on a machine of the cluster that submits jobs, or grade parts "
                "of the class by hand with --shard (docs/cluster.md)"
            )


def submit(script: Path, name: str, tasks: Iterable[int], log: str, options: Sequence[str]) -> str:
    """Submit an array with these task numbers; the job's id. Raises ClusterError with what sbatch says."""
    ours = [f"--array={ranges(tasks)}", f"--job-name={name}", f"--output={log}", "--chdir=/", "--nodes=1", "--ntasks=1"]
    done = _run(["sbatch", "--parsable", *options, *ours, str(script)])
    if done.returncode:
        raise ClusterError(f"Slurm refused the job: {_said(done.stderr)}")
    job = done.stdout.strip().partition(";")[0]  # behind a semicolon: the cluster's name
    if not re.fullmatch(r"\d+", job):
        raise ClusterError(f"sbatch printed no job id, but {done.stdout[:200]!r}")
    return job


def tasks_of(name: str) -> dict[int, dict[int, Task]]:
    """The tasks of this user's jobs of that name which Slurm knows: by job id, then by number.

    Slurm forgets an ended task after some minutes. Raises Unreachable.
    """
    words = ["squeue", "--noheader", "--me", "--array", "--states=all", f"--name={name}", "--format=%F|%K|%T|%r"]
    done = _run(words)
    if done.returncode:
        raise Unreachable(f"squeue: {_said(done.stderr)}")
    found: dict[int, dict[int, Task]] = {}
    for line in done.stdout.splitlines():
        job, number, state, reason = (*line.strip().split("|", 3), "", "", "", "")[:4]
        if job.isdigit() and number.isdigit():
            found.setdefault(int(job), {})[int(number)] = Task(int(number), state, reason)
    return found


def ranges(numbers: Iterable[int]) -> str:
    """Numbers as sbatch takes them: 1-4,7."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    # A key in the environment would go to Slurm with it; tasks take the one in the output folder.
    environment = {name: value for name, value in os.environ.items() if name != ENVIRONMENT}
    try:
        return subprocess.run(
            words,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"{words[0]} has not answered for {ANSWER_SECONDS:g} seconds") from None


def _said(stderr: str) -> str:
    """What a command of Slurm's complains of, on one line."""
    lines = [re.sub(r"^\w+: (error: )?", "", line.strip()) for line in stderr.splitlines()]
    return "; ".join(line for line in lines if line) or "without a word"
