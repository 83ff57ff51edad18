"""Where it runs: the node, the portal, a shell, and the job of a batch system."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator

from tlcore.machine.finding import Finding
from tlcore.machine.job import Job, current_job

SOON = 30 * 60
"""Seconds to the end of a job below which one should know."""
SHELL_SECONDS = 10


def node() -> Iterator[Finding]:
    """The machine's name."""
    yield Finding("node", "fine", os.environ.get("SLURMD_NODENAME") or platform.node() or "without a name")


def session() -> Iterator[Finding]:
    """Whether this was started from Open OnDemand, the web page of many clusters, and the Slurm job that it is in."""
    job = current_job()
    yield _portal(job)
    yield _cluster(job)


def shell() -> Iterator[Finding]:
    """Whether a shell runs a command."""
    windows = os.name == "nt"
    program = os.environ.get("COMSPEC", "cmd.exe") if windows else os.environ.get("SHELL") or "/bin/sh"
    command = [program, "/c" if windows else "-c", "echo ready"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SHELL_SECONDS, stdin=subprocess.DEVNULL)
        why = None if run.stdout.strip() == "ready" else f"it ends with status {run.returncode}"
    except subprocess.TimeoutExpired:
        why = f"no answer within {SHELL_SECONDS} seconds"
    except OSError as error:
        why = error.strerror or type(error).__name__
    if why is None:
        yield Finding("shell", "fine", f"{program} runs commands")
    else:
        advice = "try File > New > Terminal in JupyterLab; if that fails too, ask those who run the machine"
        yield Finding("shell", "note", f"{program} does not run commands: {why}", advice)


def _portal(job: Job | None) -> Finding:
    if job is None:
        return Finding("portal", "fine", "not used")
    if job.app is None:
        return Finding("portal", "fine", "not used: the job was started in another way")
    session = f", session {job.session}" if job.session else ""
    return Finding("portal", "fine", f"Open OnDemand ({job.app}{session})")


def _cluster(job: Job | None) -> Finding:
    """What was granted to a job, and how long it lasts."""
    if job is None and shutil.which("sbatch"):
        found = "not in a Slurm job, on a machine that has Slurm"
        advice = "this may be a login node, which is shared: start JupyterLab as a job, from the portal or with sbatch"
        return Finding("cluster", "note", found, advice)
    if job is None:
        return Finding("cluster", "fine", "not in a Slurm job")
    found = f"{'Open OnDemand' if job.app else 'Slurm'}: {', '.join(_granted(job))}"
    remarks = []
    if job.left is not None and job.left < SOON:
        remarks.append("save your notebook, and start a new job before this one ends")
    if (job.nodes or 1) > 1 or (job.tasks or 1) > 1:
        remarks.append("a notebook runs as one task on one node: leave the others to others next time")
    if job.cores_here == 1:
        remarks.append("one core is enough for the notebooks; for grading a class ask for more cores")
    return Finding("cluster", "note" if remarks else "fine", found, "; ".join(remarks))


def _granted(job: Job) -> Iterator[str]:
    yield f"job {job.id}"
    if job.partition:
        yield f"partition {job.partition}"
    for count, unit in ((job.nodes, "node"), (job.tasks, "task")):
        if count is not None:
            yield _count(count, unit)
    if job.cores_a_task is not None:
        yield f"{_count(job.cores_a_task, 'core')} a task"
    if job.cores_here is not None:
        yield f"{_count(job.cores_here, 'core')} on this node"
    if job.memory is not None:
        yield f"{job.memory} MiB"
    if job.left is not None:
        yield f"ends in {_hours(job.left)}" + (f" of {_hours(job.limit)}" if job.limit is not None else "")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
