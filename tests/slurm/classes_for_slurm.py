"""Small classes, the real `tl grade` on them, and what is compared: the whole of results.json."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from grader.authoring.notebook import fill, to_bytes
from grader.demo.classroom_files import released
from grader.exercise.catalogue import exercise_names, load_exercise

TL = [str(Path(sys.executable).parent / "tl"), "grade"]
EXERCISE = exercise_names()[0]
KEY = "the-course-key-of-this-test"


def write_class(folder: Path, size: int, seconds: float = 0.0) -> Path:
    """In turn right, wrong and blank; all but the blank ones take this many seconds more."""
    first = load_exercise(EXERCISE).questions[0]
    slow = f"import time\ntime.sleep({seconds})\n" if seconds else ""
    wrong = f"def {first.id}(*args, **kwargs):\n    return None\n"
    kinds = [{first.id: slow + first.answer_source}, {first.id: slow + wrong}, {}]
    for i in range(size):
        path = folder / f"learner-{i:02d}" / f"{EXERCISE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(to_bytes(fill(released(EXERCISE), kinds[i % 3])))
    return folder


def command(submissions: Path, out: Path, *options: str) -> list[str]:
    """The command that grades a class with a fixed key, which it takes from the environment."""
    return [*TL, str(submissions), "--out", str(out), *options]


def start(submissions: Path, out: Path, *options: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """`tl grade`, running."""
    return subprocess.Popen(
        [*before, *command(submissions, out, *options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TL_COURSE_KEY": KEY},
    )


def finish(grading: subprocess.Popen[str], status: int = 0) -> str:
    """Wait for its end, which must have this status; what it wrote on stdout and stderr."""
    out, err = grading.communicate(timeout=500)
    assert grading.returncode == status, f"status {grading.returncode}\n{out[-3000:]}\n{err[-3000:]}"
    return out + err


def grade(submissions: Path, out: Path, *options: str, status: int = 0) -> str:
    """`tl grade` to its end; what it wrote."""
    return finish(start(submissions, out, *options), status)


def results(out: Path) -> bytes:
    """The whole of results.json, which says nothing of when and where something was graded. No learner is in it twice,
    and none has no points without having been graded."""
    data = (out / "results.json").read_bytes()
    submissions = json.loads(data)["submissions"]
    assert len(submissions) == len({(one["learner"], one["exercise"]) for one in submissions})
    assert {one["status"] for one in submissions} == {"graded"}
    assert list(out.rglob(".tmp-*")) == []
    return data


def records(out: Path) -> list[Path]:
    """The records that are there."""
    return list(out.glob("records/*/*.json"))


def until(fulfilled: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < end, "what the test waits for does not come"
        time.sleep(0.05)


def grader_of(pids: list[int]) -> int:
    """The process among these that is `tl grade --shard`: the first one, which others were forked from."""
    found = [pid for pid in sorted(pids) if b"--shard" in _words(pid) and b"-m" in _words(pid)]
    return found[0]


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def interrupt(grading: subprocess.Popen[str]) -> None:
    """Ctrl-C."""
    grading.send_signal(signal.SIGINT)
