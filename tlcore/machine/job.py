"""The Slurm job that this runs in: what was granted, and how much of its time is left.

Slurm tells most of it in variables (https://slurm.schedmd.com/sbatch.html, "Output environment variables"), the times
in some of its versions only; `squeue` knows them always.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass, replace

SQUEUE_SECONDS = 5
"""squeue waits long for a controller that does not answer; then the variables have to do."""
_ASKED = "%P|%D|%l|%L|%Z"
_APP = re.compile(r"(?:^|[/-])(?:sys|dev|usr)[/-]dashboard[/-](\S+)")
_STAGED = re.compile(r"/batch_connect/(?:\S*/)?output/([0-9a-f]{8})[0-9a-f-]*/?$")


@dataclass(frozen=True)
class Job:
    """A job. Times are in seconds; what is not known, and a limit that there is not, is None."""

    id: str
    name: str = ""
    partition: str = ""
    nodes: int | None = None
    tasks: int | None = None
    cores_a_task: int | None = None
    cores_here: int | None = None
    memory: int | None = None
    """MiB on each node."""
    limit: float | None = None
    left: float | None = None
    folder: str = ""

    @property
    def app(self) -> str | None:
        """The interactive app of Open OnDemand that started it, such as sys/jupyter; None for another job.

        Open OnDemand names a job after the portal, the dashboard and the app (slashes may have become hyphens), and
        runs it in ondemand/data/sys/dashboard/batch_connect/APP/output/SESSION below the home: `job_name` and
        `staged_root` in apps/dashboard/app/models/batch_connect/session.rb of https://github.com/OSC/ondemand (4.2).
        """
        named = _APP.search(self.name)
        return named[1] if named else "a session" if self.session else None

    @property
    def session(self) -> str | None:
        """How the id of the portal's session begins, if that is known."""
        staged = _STAGED.search(self.folder)
        return staged[1] if staged else None


def current_job() -> Job | None:
    """The job that this process belongs to, or None."""
    name = os.environ.get
    if not name("SLURM_JOB_ID"):
        return None
    job = Job(
        id=str(name("SLURM_JOB_ID")),
        name=name("SLURM_JOB_NAME", ""),
        partition=name("SLURM_JOB_PARTITION", ""),
        nodes=_number("SLURM_JOB_NUM_NODES"),
        tasks=_number("SLURM_NTASKS") or _tasks(name("SLURM_TASKS_PER_NODE", "")),
        cores_a_task=_number("SLURM_CPUS_PER_TASK"),
        cores_here=_number("SLURM_CPUS_ON_NODE"),
        memory=_number("SLURM_MEM_PER_NODE"),
    )
    start, end = _number("SLURM_JOB_START_TIME"), _number("SLURM_JOB_END_TIME")
    if end is not None:
        job = replace(job, left=max(0.0, end - time.time()), limit=end - start if start is not None else None)
    return _asked(job)


def seconds(text: str) -> float | None:
    """A time as Slurm writes it, [days-][hours:]minutes:seconds; None for UNLIMITED and other words."""
    found = re.fullmatch(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)", text)
    if not found:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60.0 + rest


def _asked(job: Job) -> Job:
    """The job with what squeue says of it, where squeue answers."""
    command = ["squeue", "--noheader", f"--jobs={job.id}", f"--format={_ASKED}"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SQUEUE_SECONDS, stdin=subprocess.DEVNULL)
        partition, nodes, limit, left, folder = run.stdout.strip().split("|", 4)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return job
    return replace(
        job,
        partition=job.partition or partition,
        nodes=job.nodes or (int(nodes) if nodes.isdecimal() else None),
        limit=seconds(limit) if job.limit is None else job.limit,
        left=seconds(left) if job.left is None else job.left,
        folder=folder,
    )


def _number(name: str) -> int | None:
    value = os.environ.get(name, "")
    return int(value) if value.isdecimal() else None


def _tasks(per_node: str) -> int | None:
    """All tasks of SLURM_TASKS_PER_NODE, such as "2(x3),1"."""
    total = 0
    for part in per_node.split(","):
        found = re.fullmatch(r"(\d+)(?:\(x(\d+)\))?", part)
        if not found:
            return None
        total += int(found[1]) * int(found[2] or 1)
    return total
