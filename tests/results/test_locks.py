"""An output folder on a file system without locks: the kernel refuses each `flock` of the programs that run here."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.locks import Held, Lock, why_no_locks
from grader.results import RecordStore

HERE = Path(__file__).parent
NO_FLOCK = HERE.parent / "no_flock.py"
LEASE = 3.0  # seconds; 120 outside of the tests

WRITER = """
import sys, time
sys.path.insert(0, {here!r})
from conftest import record_data
import grader.locks
from grader.results import RecordStore, OutputError, SubmissionResult
grader.locks.LEASE_SECONDS = {lease!r}
store = RecordStore(sys.argv[1])
try:
    with store.lock():
        print("started", flush=True)
        end = time.monotonic() + float(sys.argv[2])
        while True:
            store.write(SubmissionResult.from_dict(record_data(learner=sys.argv[3])))
            store.write_results("0.1.0", "full")
            if time.monotonic() > end:
                break
            time.sleep(0.05)
        print("ended", flush=True)
except OutputError as error:
    raise SystemExit(f"{{type(error).__name__}}: {{error}}")
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a writer to `tmp_path/graded` for some seconds, on this machine or one of another name."""
    started: list[subprocess.Popen[str]] = []

    def start(
        seconds: float, learner: str = "anna", node: str | None = None, error: str = "ENOSYS"
    ) -> subprocess.Popen[str]:
        code = WRITER.format(here=str(HERE), lease=LEASE)
        command = [sys.executable, str(NO_FLOCK), error, sys.executable, "-c", code, str(tmp_path / "graded")]
        if node is not None:
            walls = ["--dev-bind", "/", "/", "--die-with-parent", "--unshare-uts", "--hostname", node]
            command = ["bwrap", *walls, *command]
        process = subprocess.Popen(
            [*command, str(seconds), learner], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("error", ["ENOSYS", "ENOLCK", "EOPNOTSUPP"])
def test_one_writer_after_the_other_leaves_nothing_behind(start: Start, tmp_path: Path, error: str) -> None:
    for _ in range(2):
        process = start(0, error=error)
        out, said = process.communicate(timeout=60)
        assert (process.returncode, out, said) == (0, "started\nended\n", "")
    assert not list((tmp_path / "graded").glob("*.lease"))


def test_a_writer_killed_on_another_node_is_taken_over(start: Start, tmp_path: Path) -> None:
    killed = start(60, node="node7")
    assert _first_line(killed) == "started\n"
    killed.kill()
    killed.wait()
    began = time.monotonic()
    process = start(0, "boris")
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "started\nended\n"), said
    assert time.monotonic() - began > LEASE
    waiting, taken = said.splitlines()
    lease = tmp_path / "graded" / ".grading.lock.lease"
    assert waiting == (
        f"{lease} was left by a program that is at work or was killed: watching it for up to {LEASE:g} seconds"
    )
    assert taken.startswith(f"took over {lease} from process ")
    assert taken.endswith(" on node7, which did not give it up")
    assert {record.learner for record in RecordStore(tmp_path / "graded").records()} >= {"boris"}


def test_a_writer_at_work_on_another_node_is_not_disturbed(start: Start) -> None:
    other = start(8, node="node7")
    assert _first_line(other) == "started\n"
    late = start(0, "boris")
    _, said = late.communicate(timeout=60)
    assert late.returncode == 1
    assert "OutputBusy: another tl grade is writing to" in said and " on node7, since 20" in said
    out, said = other.communicate(timeout=60)
    assert (other.returncode, out, said) == (0, "ended\n", "")


def test_a_writer_killed_on_this_machine_is_taken_over_at_once(start: Start) -> None:
    killed = start(60)
    assert _first_line(killed) == "started\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    process = start(0)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "started\nended\n")
    assert said.startswith("took over ") and f"process {killed.pid} on {socket.gethostname()}," in said


def test_a_lease_whose_writer_was_killed_before_its_first_word_is_taken_over(start: Start, tmp_path: Path) -> None:
    (tmp_path / "graded").mkdir()
    (tmp_path / "graded" / ".grading.lock.lease").touch()
    began = time.monotonic()
    process = start(0)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "started\nended\n"), said
    assert time.monotonic() - began > LEASE
    assert f"watching it for up to {LEASE:g} seconds" in said


def test_a_writer_stopped_for_too_long_ends_when_another_has_taken_over(start: Start, tmp_path: Path) -> None:
    stopped = start(60)
    assert _first_line(stopped) == "started\n"
    stopped.send_signal(signal.SIGSTOP)
    process = start(60, "boris")
    assert _first_line(process) == "started\n"
    stopped.send_signal(signal.SIGCONT)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == 1
    assert "OutputBusy: this run was stopped for so long that another took over" in said
    assert f"(pid {process.pid}, since 20" in said
    holder = json.loads((tmp_path / "graded" / ".grading.json").read_text())
    assert holder["pid"] == process.pid and process.poll() is None


def test_folders_are_tried_for_locks(tmp_path: Path) -> None:
    assert why_no_locks(tmp_path) is None
    code = "import sys, pathlib, grader.locks; print(grader.locks.why_no_locks(pathlib.Path(sys.argv[1])))"
    command = [sys.executable, str(NO_FLOCK), "ENOLCK", sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "No locks available\n"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        why_no_locks(tmp_path / "nowhere")


def test_where_there_are_locks_there_is_no_lease(tmp_path: Path) -> None:
    with Lock(tmp_path / "a") as lock:
        with pytest.raises(Held):
            Lock(tmp_path / "a").acquire()
        assert not lock.lost
        assert [path.name for path in tmp_path.iterdir()] == ["a"]
