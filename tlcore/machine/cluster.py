"""Where it runs: the node, the portal, a shell, and the job of a batch system."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Iterator

from tlcore.machine.finding import Finding

SOON = 30 * 60
"""Seconds to the end of a job below which one should know."""
SHELL_SECONDS = 10
_INTERACTIVE = re.compile(r"(sys|usr|dev)/")
"""How Open OnDemand begins the names of the jobs of its interactive apps: sys/dashboard/sys/jupyter or the like."""


def node() -> Iterator[Finding]:
    """The machine's name."""
    yield Finding("node", "fine", os.environ.get("SLURMD_NODENAME") or platform.node() or "without a name")


def portal() -> Iterator[Finding]:
    """Whether this was started from Open OnDemand, the web page of many clusters."""
    if not os.environ.get("SLURM_JOB_ID"):
        yield Finding("portal", "fine", "not used")
    elif _INTERACTIVE.match(os.environ.get("SLURM_JOB_NAME", "")):
        yield Finding("portal", "fine", f"Open OnDemand ({os.environ['SLURM_JOB_NAME']})")
    else:
        yield Finding("portal", "fine", "not used: the job was started in another way")


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


def cluster() -> Iterator[Finding]:
    """The Slurm job, from the variables that Slurm sets in one."""
    job = os.environ.get("SLURM_JOB_ID")
    if not job:
        if shutil.which("sbatch"):
            found = "not in a Slurm job, on a machine that has Slurm"
            advice = (
                "this may be a login node, which is shared: start JupyterLab as a job, from the portal or with sbatch"
            )
            yield Finding("cluster", "note", found, advice)
        else:
            yield Finding("cluster", "fine", "not in a Slurm job")
        return
    granted = [f"job {job}"]
    if os.environ.get("SLURM_JOB_PARTITION"):
        granted.append(f"partition {os.environ['SLURM_JOB_PARTITION']}")
    for name, unit in (("SLURM_CPUS_PER_TASK", "cores a task"), ("SLURM_CPUS_ON_NODE", "cores on this node")):
        if os.environ.get(name):
            unit = unit.replace("cores", "core", 1) if os.environ[name] == "1" else unit
            granted.append(f"{os.environ[name]} {unit}")
    if os.environ.get("SLURM_MEM_PER_NODE"):
        granted.append(f"{os.environ['SLURM_MEM_PER_NODE']} MiB")
    left = _seconds_left()
    if left is not None:
        granted.append(f"ends in {_hours(left)}")
    place = "Open OnDemand" if _INTERACTIVE.match(os.environ.get("SLURM_JOB_NAME", "")) else "Slurm"
    found = f"{place}: {', '.join(granted)}"
    remarks = []
    if left is not None and left < SOON:
        remarks.append("save your notebook, and start a new job before this one ends")
    if os.environ.get("SLURM_CPUS_ON_NODE") == "1":
        remarks.append("one core is enough for the notebooks; for grading a class ask for more cores")
    yield Finding("cluster", "note" if remarks else "fine", found, "; ".join(remarks))


def _seconds_left() -> float | None:
    """Until the job ends, which Slurm 22.05 and later tell as seconds since 1970; None where nothing is told."""
    try:
        return max(0.0, int(os.environ["SLURM_JOB_END_TIME"]) - time.time())
    except (KeyError, ValueError):
        return None


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
