"""`python -m benchmarks.on_slurm`: a class graded on this machine, and on a Slurm of its own here by 1, 2 and 4 tasks.

The nodes of this Slurm (see tests/slurm/cluster.py) are all this one machine, so from as many tasks on as it has cores
there is nothing to gain: what is seen then is what the tasks cost. CPU seconds are those of the whole machine while the
command runs, for jobs are no children of it: run this where nothing else does. Each run keeps its own `TL_CACHE`, empty
at its start unless `--kept` is given, as a home that the nodes share would be after the first class.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import psutil
import typer

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests" / "slurm")]

from cluster import missing, running_cluster  # noqa: E402  # tests/slurm
from courses import KEY, notebooks  # noqa: E402

TL = [str(Path(sys.executable).parent / "tl"), "grade"]
EXERCISES = ("02_feature_extraction", "04_lora_from_scratch")


def measured(command: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Wall seconds, and CPU seconds of the whole machine meanwhile."""

    def busy() -> float:
        times = psutil.cpu_times()
        return times.user + times.nice + times.system

    began, before = time.monotonic(), busy()
    run = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {run.returncode}:\n{run.stderr[-3000:]}")
    return time.monotonic() - began, busy() - before


def main(
    learners: Annotated[int, typer.Option(help="How many; each hands in two notebooks.")] = 24,
    tasks: Annotated[list[int] | None, typer.Option(help="Numbers of tasks.", show_default="1, 2, 4")] = None,
    kept: Annotated[bool, typer.Option("--kept", help="All runs share what the first one keeps.")] = False,
) -> None:
    """Print a table: wall and CPU seconds of each way, and their ratios to one machine with one job."""
    if why := missing():
        raise SystemExit(why)
    folder = Path(tempfile.mkdtemp(prefix="tl-figures-"))
    try:
        for exercise in EXERCISES:
            for path in notebooks(exercise, folder / exercise, learners):
                target = folder / "class" / path.parent.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                path.rename(target)
        ways = [("here, 1 job", ["--jobs", "1"]), ("here, 2 jobs", ["--jobs", "2"])]
        ways += [(f"Slurm, {n} tasks", ["--slurm", "--tasks", str(n), "--time", "60"]) for n in tasks or (1, 2, 4)]
        with running_cluster(folder / "slurm", nodes=max(tasks or (4,))) as cluster:
            first: tuple[float, float] | None = None
            for i, (way, options) in enumerate(ways):
                cache = folder / ("cache" if kept else f"cache-{i}")
                command = [*TL, str(folder / "class"), "--out", str(folder / f"graded-{i}"), *options]
                more = {**cluster.environment, "TL_COURSE_KEY": KEY, "TL_CACHE": str(cache)}
                wall, cpu = measured(command, more)
                first = first or (wall, cpu)
                same = (folder / f"graded-{i}" / "results.csv").read_bytes() == (
                    folder / "graded-0" / "results.csv"
                ).read_bytes()
                print(
                    f"{way:>16}: {wall:6.1f} s, {cpu:6.1f} CPU s; {wall / first[0]:.2f} and {cpu / first[1]:.2f} of one"
                    f" job here; results {'the same' if same else 'DIFFER'}",
                    flush=True,
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    typer.run(main)
