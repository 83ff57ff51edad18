"""The disk that holds the results is full in mid-class: one clear line, nothing lost, and the next run goes on."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from classes import command, finish, leftovers, records, results, start

# On a real disk of its own, a small one, that becomes large between the two runs.
ON_A_DISK = """
mount -t tmpfs -o size={size} tmpfs {out} || exit 99
{grade} > {told}.out 2> {told}.err
echo $? > {told}.status
ls {out}/records/*/*.json | wc -l > {told}.count
mount -o remount,size=50m {out} || exit 99
cp -r {out} {out}.after
{grade} >> {told}.out 2> {told}.err2
status=$?
cp -r {out} {out}.kept
exit $status
"""

# Where nothing may be mounted: after some results, every write fails as on a full disk.
WITHOUT_A_DISK = """
import resource, signal, sys
from pathlib import Path
from grader.grading import Settings, grade_class
from grader.results import OutputFull

def progress(done, total, result):
    if done >= 4:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, resource.RLIM_INFINITY))

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    grade_class(Path(sys.argv[1]), Path(sys.argv[2]), Settings(jobs=2, isolation="best", key="k"), progress=progress)
except OutputFull as error:
    print(f"error: {error}", file=sys.stderr)
    sys.exit(2)
"""
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def _may_mount(folder: Path) -> bool:
    try:
        tried = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True)
    except FileNotFoundError:
        return False
    return tried.returncode == 0


def _check_first_run(status: int, err: str, graded: int, quiet: dict) -> None:
    assert status == 2, err
    lines = [line for line in err.splitlines() if line.startswith("error:")]
    assert len(lines) == 1 and "no space left while writing" in lines[0] and "run the same command again" in lines[0]
    assert "Traceback" not in err
    assert 0 < graded < len(quiet), "the disk was to be full in mid-class"


@pytest.mark.slow
def test_on_a_disk_that_is_full_in_mid_class(dozen: Path, quiet: dict, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    out.mkdir()
    if not _may_mount(out):
        _without_a_disk(dozen, quiet, out)
        return
    told = tmp_path / "told"
    # Twelve records take some 500 kB; each is written beside the one that it replaces.
    script = ON_A_DISK.format(
        size="250k",
        out=shlex.quote(str(out)),
        told=shlex.quote(str(told)),
        grade=shlex.join(command(dozen, out)),
    )
    done = subprocess.run([*NAMESPACE, "sh", "-c", script], capture_output=True, text=True, timeout=280)
    told_of = {name: told.with_suffix(f".{name}").read_text() for name in ("status", "count", "err", "err2")}
    _check_first_run(int(told_of["status"]), told_of["err"], int(told_of["count"]), quiet)
    assert done.returncode == 0, told_of["err2"]
    after, kept = tmp_path / "graded.after", tmp_path / "graded.kept"
    assert len(records(after)) == int(told_of["count"])
    _check_second_run(after, kept, quiet)


def _without_a_disk(dozen: Path, quiet: dict, out: Path) -> None:
    first = [sys.executable, "-c", WITHOUT_A_DISK, str(dozen), str(out)]
    full = subprocess.run(first, capture_output=True, text=True, timeout=200)
    _check_first_run(full.returncode, full.stderr, len(records(out)), quiet)
    before = {path: path.read_bytes() for path in records(out)}
    finish(start(dozen, out))
    assert {path: path.read_bytes() for path in before} == before
    assert results(out) == quiet


def _check_second_run(before: Path, after: Path, quiet: dict) -> None:
    """What was there stayed as it was to the byte, not graded again; the whole is that of a quiet run."""
    for path in records(before):
        json.loads(path.read_bytes())
        assert (after / path.relative_to(before)).read_bytes() == path.read_bytes()
    assert leftovers(after) == []
    assert results(after) == quiet
