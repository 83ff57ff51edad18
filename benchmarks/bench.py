"""The same exercise and the same submissions through `tl grade`, `nbgrader autograde` and `otter run`, in turn.

    python benchmarks/bench.py [--n 8] [--exercise 04_lora_from_scratch]

Every tool's points must be the same, or the run fails. CPU seconds are user and system time of a tool's processes
and all that they started, per submission, its start-up included and shared out over the class. Ours starts once a
class, so it is also run on the same class ten times over, and on one submission: the difference is what a further
submission costs. Our first run finds nothing kept by an earlier one; the second grades the same class again, into
another folder, with the expected values that the first one kept.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import courses

Points = dict[str, float]
TL = [sys.executable, "-m", "grader.cli"]


@dataclass
class Cost:
    """What a tool used: CPU and wall seconds altogether, and the most memory in MiB that its processes had together.

    `worker_mib`: the most that one worker of ours had of its own, a learner's process with it. Private memory, all of
    it.
    """

    cpu: float
    wall: float
    peak_mib: float
    worker_mib: float = 0.0


def measured(action: Callable[[], None]) -> Cost:
    """Run something that starts processes and waits for them; what they used."""
    memory, done = Memory(), threading.Event()
    watcher = threading.Thread(target=memory.watch, args=(done,), daemon=True)
    watcher.start()
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    action()
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    done.set()
    watcher.join()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall, memory.together, memory.worker + memory.session)


class Memory:
    """The largest private memory, in MiB, of all processes below this one together, of a worker, of a session."""

    def __init__(self) -> None:
        self.together = self.worker = self.session = 0.0

    def watch(self, done: threading.Event) -> None:
        """Look four times a second."""
        while not done.wait(0.25):
            mib = {pid: _private_mib(pid) for pid in _below(os.getpid())}
            self.together = max(self.together, sum(mib.values()))
            for pid, own in mib.items():
                # A forked process has the command line of the one it was forked from.
                command, above = _command(pid), _command(_parent(pid))
                if "grader.cli grade" in command and "grader.cli grade" in above:
                    self.worker = max(self.worker, own)
                if "inside.fork_server" in command and "inside.fork_server" in above and "bwrap" not in above:
                    self.session = max(self.session, own)


def _below(pid: int) -> list[int]:
    found = [pid]
    for above in found:
        try:
            for task in Path(f"/proc/{above}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found[1:]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _private_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def tl(exercise: str, submissions: Path, out: Path, jobs: int = 1) -> tuple[Cost, Points, dict]:
    """`tl grade` on a folder: cost, points a learner, and the results."""
    command = [*TL, "grade", str(submissions), "--out", str(out), "--key", courses.KEY, "--jobs", str(jobs)]
    cost = measured(lambda: _run(command, Path.cwd()))
    results = json.loads((out / "results.json").read_text())
    return cost, {s["learner"]: s["points"] for s in results["submissions"]}, results


def nbgrader(exercise: str, folder: Path, submissions: list[Path]) -> tuple[Cost, Points]:
    """`nbgrader autograde` on the class; points from its gradebook."""
    courses.nbgrader_course(exercise, folder, submissions)
    cost = measured(lambda: _run([sys.executable, "-m", "nbgrader", "autograde", exercise], folder))
    query = """select s.student_id, sum(case when g.manual_score is not null then g.manual_score
               else coalesce(g.auto_score, 0) end) from grade g join submitted_notebook n on g.notebook_id = n.id
               join submitted_assignment s on n.assignment_id = s.id group by s.student_id"""
    with sqlite3.connect(folder / "gradebook.db") as database:
        return cost, dict(database.execute(query).fetchall())


def otter(exercise: str, folder: Path, submissions: list[Path]) -> tuple[Cost, Points]:
    """`otter run`, once a submission as on Gradescope; points from its results.json."""
    package = courses.otter_assignment(exercise, folder)
    points: Points = {}
    total = Cost(0, 0, 0)
    for path in submissions:
        out = folder / path.parent.name
        out.mkdir()
        shutil.copy(path, out / path.name)
        command = [
            str(courses.PYTHON.parent / "otter"),
            "run",
            "-a",
            str(package),
            "-o",
            str(out),
            "--no-logo",
            path.name,
        ]
        cost = measured(lambda command=command, out=out: _run(command, out))
        total = Cost(total.cpu + cost.cpu, total.wall + cost.wall, max(total.peak_mib, cost.peak_mib))
        results = json.loads((out / "results.json").read_text())
        points[path.parent.name] = sum(t.get("score", 0) or 0 for t in results["tests"])
    return total, points


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=courses.environment())
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=8, help="submissions (8 or more)")
    parser.add_argument("--exercise", default="04_lora_from_scratch")
    arguments = parser.parse_args()
    n, exercise = arguments.n, arguments.exercise
    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(compare(exercise, n, Path(temporary))))


def compare(exercise: str, n: int, work: Path) -> dict:
    """Run all three; the figures. Raises SystemExit where they do not give the same points."""
    paths = courses.notebooks(exercise, work / "class", n)
    courses.notebooks(exercise, work / "class-of-one", 1)
    courses.notebooks(exercise, work / "class-tenfold", 10 * n)
    os.environ["TL_CACHE"] = str(work / "kept")
    say(f"tl grade: {n}, the same again, then 1, then {10 * n} submissions")
    ours, points, results = tl(exercise, work / "class", work / "tl")
    again, _, _ = tl(exercise, work / "class", work / "tl-again")
    single, _, _ = tl(exercise, work / "class-of-one", work / "tl-1")
    tenfold, _, _ = tl(exercise, work / "class-tenfold", work / "tl-10")
    two, _, _ = tl(exercise, work / "class-tenfold", work / "tl-10-two", jobs=2)
    further = (tenfold.cpu - single.cpu) / (10 * n - 1)
    say(f"nbgrader autograde: {n} submissions")
    nb, nb_points = nbgrader(exercise, work / "nbgrader", paths)
    say(f"otter run: {n} submissions")
    ot, ot_points = otter(exercise, work / "otter", paths)
    for name, theirs in (("nbgrader", nb_points), ("otter", ot_points)):
        differ = {who: (p, theirs.get(who)) for who, p in points.items() if abs(p - theirs.get(who, -1)) > 0.01}
        if differ:
            raise SystemExit(f"{name} does not give the same points: {differ}")
    say(f"points are the same: {sorted(set(points.values()))}")
    overhead = statistics.median(s["overhead_ms"] for s in _timings(work / "tl-10"))
    return {
        "n": n,
        "exercise": exercise,
        "isolation": results["isolation"],
        "cpu_per_submission": {
            "tl": round(ours.cpu / n, 3),
            "tl_again": round(again.cpu / n, 3),
            "tl_alone": round(single.cpu, 2),
            f"tl_in_a_class_of_{10 * n}": round(tenfold.cpu / (10 * n), 3),
            "tl_a_further_one": round(further, 3),
            "nbgrader": round(nb.cpu / n, 2),
            "otter": round(ot.cpu / n, 2),
        },
        "cpu_ratio": {"nbgrader": round(nb.cpu / n / further, 1), "otter": round(ot.cpu / n / further, 1)},
        "cpu_ratio_with_start_up": {
            "of": n,
            "nbgrader": round(nb.cpu / ours.cpu, 1),
            "otter": round(ot.cpu / ours.cpu, 1),
            "nbgrader_again": round(nb.cpu / again.cpu, 1),
            "otter_again": round(ot.cpu / again.cpu, 1),
        },
        "wall_ratio": {"nbgrader": round(nb.wall / ours.wall, 1), "otter": round(ot.wall / ours.wall, 1)},
        "peak_mib": {"tl": round(ours.peak_mib), "nbgrader": round(nb.peak_mib), "otter": round(ot.peak_mib)},
        "worker_mib": round(two.worker_mib),
        "throughput_of_two_workers": round((tenfold.wall - single.wall) / (two.wall - single.wall), 2),
        "overhead_ms": round(overhead, 1),
    }


def _timings(out: Path) -> list[dict]:
    records = [json.loads(p.read_text()) for p in out.glob("records/*/*.json")]
    return [{"overhead_ms": 1000 * (r["seconds"] - r["answer_seconds"])} for r in records]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
