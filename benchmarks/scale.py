"""Cost as the class grows: 10, 100 and 1,000 submissions, from notebooks to pages.

    python benchmarks/scale.py [--sizes 10 100 1000] [--jobs 2] [--exercise 04_lora_from_scratch]

The same submissions are repeated under other names. Time and CPU are divided by the size of the class; memory is the
largest resident memory of the grader, and of the page builder. The last line is JSON.

"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import courses

TL = [sys.executable, "-m", "grader.cli"]


@dataclass
class Run:
    """One command: wall and CPU seconds with all that it started, largest resident memory of itself in MiB."""

    wall: float
    cpu: float
    peak_mib: float


def run(command: list[str]) -> Run:
    """Run a verb of `tl` and measure it."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watcher.start()
    _, err = process.communicate()
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{err}")
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak[0])


def _watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            return
        found = [line for line in status.splitlines() if line.startswith("VmHWM")]
        if found:
            peak[0] = int(found[0].split()[1]) / 1024
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--exercise", default="04_lora_from_scratch")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in arguments.sizes:
            folder = Path(temporary) / str(size)
            courses.notebooks(arguments.exercise, folder / "class", size)
            out = str(folder / "graded")
            grade = run(
                [*TL, "grade", str(folder / "class"), "--out", out, "--jobs", str(arguments.jobs), "--key", "k"]
            )
            again = run(
                [*TL, "grade", str(folder / "class"), "--out", out, "--jobs", str(arguments.jobs), "--key", "k"]
            )
            report = run([*TL, "report", out])
            written = len(list(Path(out).glob("feedback/*.html")))
            if written != size:
                raise SystemExit(f"{written} feedback pages for {size} learners")
            rows.append(
                {
                    "n": size,
                    "grade_wall_ms": round(1000 * grade.wall / size),
                    "grade_cpu_ms": round(1000 * grade.cpu / size),
                    "grade_peak_mib": round(grade.peak_mib),
                    "resume_wall_ms": round(1000 * again.wall / size, 1),
                    "report_wall_ms": round(1000 * report.wall / size),
                    "report_peak_mib": round(report.peak_mib),
                }
            )
            print("  ".join(f"{k} {v}" for k, v in rows[-1].items()), flush=True)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
