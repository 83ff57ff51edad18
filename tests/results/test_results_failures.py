"""An output folder when the machine does not play along: kill -9, a full disk, no permission, a rival."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.results import OutputBusy, OutputNotWritable, RecordStore, SubmissionResult

Make = Callable[..., SubmissionResult]
HERE = Path(__file__).parent

WRITER = """
import sys
sys.path.insert(0, {here!r})
from conftest import record_data
from grader.results import RecordStore, SubmissionResult
store = RecordStore(sys.argv[1])
count = 0
with store.lock():
    print("started", flush=True)
    while True:
        text = "x" * (200_000 * (count % 3))
        store.write(SubmissionResult.from_dict(record_data(learner=f"l{{count % 4}}", remarks=[text])))
        store.write_results("0.1.0", "full")
        count += 1
        print(count, flush=True)
"""

FILLER = """
import json, resource, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from conftest import record_data
from grader.results import OutputFull, RecordStore, SubmissionResult
out, how = Path(sys.argv[1]), sys.argv[2]
store = RecordStore(out)
with store.lock():
    first = SubmissionResult.from_dict(record_data())
    path = store.write(first)
    store.write_results("0.1.0", "full")
    results = (out / "results.json").read_bytes()
    if how == "rlimit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    try:
        for _ in range(3):
            try:
                store.write(SubmissionResult.from_dict(record_data(remarks=["x" * 400_000])))
                raise SystemExit("the disk was not full")
            except OutputFull as error:
                message = str(error)
    finally:
        left = [str(each) for each in out.rglob(".tmp-*")]
    loaded = store.load_all()
    print(json.dumps([message, loaded.records == [first], loaded.damaged, left,
                      (out / "results.json").read_bytes() == results]))
"""


def run(code: str, *arguments: str, wrapper: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*wrapper, sys.executable, "-c", code.format(here=str(HERE)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=280)


def in_mount_namespace(options: str, folder: Path) -> tuple[str, ...]:
    """A command prefix that mounts a tmpfs on `folder` for the command only."""
    mount = f'mount -t tmpfs -o {options} tmpfs "$0" && exec "$@"'
    return ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder))


def can_mount(tmp_path: Path) -> bool:
    try:
        return subprocess.run([*in_mount_namespace("size=1m", tmp_path), "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def test_killed_while_writing(tmp_path: Path) -> None:
    out = tmp_path / "graded"
    store = RecordStore(out)
    chance = random.Random(7)
    for run in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER.format(here=str(HERE)), str(out)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        began = time.monotonic()
        written = [process.stdout.readline() for _ in range(run)]
        assert all(written)
        # Somewhere in the next write or the one after, however long this disk takes for one.
        time.sleep(2 * chance.random() * (time.monotonic() - began) / max(run, 1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        loaded = store.load_all()
        assert loaded.damaged == []
        assert len(loaded.records) >= min(4, len(written))
        if (out / "results.json").exists():
            assert len(json.loads((out / "results.json").read_bytes())["submissions"]) <= 4
        with store.lock():  # the lock of a killed process is free, and its temporary files are swept
            assert list(out.rglob(".tmp-*")) == []


def test_full_disk(tmp_path: Path) -> None:
    """A limit on the size of files everywhere; a disk that is really full where a tmpfs may be mounted."""
    ways: list[tuple[str, tuple[str, ...]]] = [("rlimit", ())]
    (tmp_path / "disk").mkdir()
    if can_mount(tmp_path / "disk"):
        ways.append(("disk", in_mount_namespace("size=256k", tmp_path / "disk")))
    for how, wrapper in ways:
        done = run(FILLER, str(tmp_path / how), how, wrapper=wrapper)
        assert done.returncode == 0, done.stderr
        message, kept, damaged, left, results_kept = json.loads(done.stdout)
        assert message.startswith("no space left while writing")
        assert "run the same command again" in message
        assert (kept, damaged, left, results_kept) == (True, [], [], True)


def test_read_only_folder(tmp_path: Path, make: Make) -> None:
    """/sys takes no new folder, not even from root."""
    store = RecordStore("/sys/graded")
    for act in (lambda: store.lock().__enter__(), lambda: store.write(make())):
        with pytest.raises(OutputNotWritable, match=r"/sys/graded.*read-only for you; choose another --out"):
            act()


def test_folder_of_somebody_else(tmp_path: Path) -> None:
    """An existing folder without the right to write, met by somebody who is not root."""
    out = tmp_path / "graded"
    out.mkdir()
    out.chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        if os.geteuid() == 0:
            folder.chmod(folder.stat().st_mode | 0o055)
    child = os.fork()
    if child == 0:
        code = 3
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            RecordStore(out).lock().__enter__()
        except OutputNotWritable as error:
            code = 0 if "read-only for you" in str(error) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_one_writer(tmp_path: Path) -> None:
    out = tmp_path / "graded"
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER.format(here=str(HERE)), str(out)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        pattern = rf"another tl grade is writing to .*graded \(pid {process.pid}, since 20.*\): wait for it or choose"
        with pytest.raises(OutputBusy, match=pattern):
            RecordStore(out).lock().__enter__()
        with RecordStore(tmp_path / "other").lock():
            pass
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    with RecordStore(out).lock():
        assert json.loads((out / ".grading.json").read_text())["pid"] == os.getpid()
    assert not (out / ".grading.json").exists()


def test_a_rival_in_the_same_process(tmp_path: Path) -> None:
    store = RecordStore(tmp_path)
    with store.lock(), pytest.raises(OutputBusy):
        store.lock().__enter__()
