"""The grader's wall clock jumps hours forth and back, all the time while a class is graded."""

import ctypes.util
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from classes import finish, records, results, start

HOURS = (8, -8, 0, 30, -1)

# For where libfaketime is not installed (Debian: package `faketime`): Python's own view of the clock.
SITE = """
import time

_real = time.time_ns

def _shifted_ns():
    with open({file!r}) as file:
        return _real() + int(file.read().strip().strip("+h") or 0) * 3600 * 10**9

time.time_ns = _shifted_ns
time.time = lambda: _shifted_ns() / 1e9
"""


def _library() -> str | None:
    """libfaketime, where it is installed."""
    places = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), ctypes.util.find_library("faketime")]
    return next((str(place) for place in places if place), None)


LIBRARY = _library()


def _write_clock(clock: Path, hours: int) -> None:
    new = clock.with_suffix(".new")
    new.write_text(f"{hours:+d}h\n")
    new.replace(clock)


def _environment(way: str, clock: Path) -> dict[str, str]:
    """What makes a process (not those in the sandbox, which inherit nothing) see the clock that the file says."""
    if way == "library":
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as with a real jump: only the wall clock does
            "NO_FAKE_STAT": "1",
        }
    folder = clock.parent / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITE.format(file=str(clock)))
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


@pytest.mark.slow
@pytest.mark.parametrize("way", ["python", *(["library"] if LIBRARY else [])])
def test_a_clock_that_jumps_changes_nothing(dozen: Path, quiet: dict, tmp_path: Path, way: str) -> None:
    clock, out = tmp_path / "clock", tmp_path / "graded"
    _write_clock(clock, HOURS[0])
    environment = _environment(way, clock)
    asked = [sys.executable, "-c", "import time; print(time.time())"]
    seen = float(subprocess.run(asked, env={**os.environ, **environment}, capture_output=True, text=True).stdout)
    assert seen - time.time() == pytest.approx(HOURS[0] * 3600, abs=60), "the clock was not moved"

    done = threading.Event()
    jumps = 0

    def jump() -> None:
        nonlocal jumps
        for hours in itertools.cycle(HOURS):
            if done.wait(0.2):
                return
            _write_clock(clock, hours)
            jumps += 1

    began = time.monotonic()
    jumping = threading.Thread(target=jump)
    jumping.start()
    try:
        finish(start(dozen, out, **environment))
    finally:
        done.set()
        jumping.join()
    took = time.monotonic() - began
    assert jumps > 10
    assert results(out) == quiet
    for path in records(out):
        record = json.loads(path.read_text())
        assert 0 < record["seconds"] < took, path
        assert 0 <= record["cpu_seconds"] < 2 * took, path
        assert 0 <= record["answer_seconds"] <= record["seconds"], path
