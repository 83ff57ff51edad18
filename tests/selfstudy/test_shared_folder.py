"""From a folder that many read to a copy for each: at once, on a full disk, and with a home that cannot be written."""

import errno
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from grader.exercise.catalogue import ROOT
from tlcore.machine.own_copies import exercises_in, own_place, why_not_written

NAME = "02_feature_extraction"
TL = (str(Path(sys.executable).parent / "tl"), "start")
BUNDLE = (sys.executable, "-m", "grader.channels.learners.shipped.tl_learner")
FOLDERS = {TL: "transfer-learning", BUNDLE: "my-notebooks"}
either = pytest.mark.parametrize("command", [TL, BUNDLE], ids=["tl", "bundle"])

# As root nothing is forbidden by permissions, unless the capabilities are given up.
ORDINARY = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


def may_mount(folder: Path) -> bool:
    try:
        tried = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True)
    except FileNotFoundError:
        return False
    return tried.returncode == 0


@pytest.fixture
def shared(course: Path, tmp_path: Path) -> Path:
    """A folder `exercises` as an instructor shares it: others may read what is in it."""
    folder = tmp_path / "shared" / "exercises"
    folder.mkdir(parents=True)
    for source in exercises_in(course):
        (folder / source.name).write_bytes(source.read_bytes())
    for path in (*folder.iterdir(), folder, folder.parent):
        path.chmod(path.stat().st_mode & 0o555)
    yield folder
    for path in (folder.parent, folder):
        path.chmod(0o755)


def starting(words: tuple, here: Path, home: Path, before: tuple = ORDINARY, **variables: str) -> subprocess.Popen[str]:
    """Start a command as an ordinary user with this folder and this home."""
    home.mkdir(exist_ok=True)
    here.mkdir(exist_ok=True)
    environment = {**os.environ, "HOME": str(home), "PYTHONIOENCODING": "utf-8", **variables}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*before, *map(str, words)],
        cwd=here,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=280)
    return process.returncode, out, err


def test_many_at_once_have_their_own_and_the_shared_folder_stays(shared: Path, tmp_path: Path):
    before = sorted((path.name, path.stat().st_mtime_ns) for path in (*shared.iterdir(), shared))
    homes = [tmp_path / f"home{number}" for number in range(6)]
    commands = [(TL, BUNDLE)[number % 2] for number in range(6)]
    running = [
        starting((*command, shared, "--no-lab", "--kernel"), home, home)
        for command, home in zip(commands, homes, strict=True)
    ]
    for command, home, process in zip(commands, homes, running, strict=True):
        status, out, err = ended(process)
        assert status == 0 and "error" not in err, err
        assert f"{shared} is shared: your own copies go to {FOLDERS[command]}" in out
        mine = home / FOLDERS[command] / f"{NAME}.ipynb"
        assert '"name": "transfer-learning"' in mine.read_text()
        assert os.access(mine, os.W_OK)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in (*shared.iterdir(), shared)) == before


@either
def test_the_folder_above_and_a_second_time(command: tuple, shared: Path, tmp_path: Path):
    home = tmp_path / "home"
    assert ended(starting((*command, shared.parent, "--no-lab"), home, home))[0] == 0
    mine = home / FOLDERS[command] / f"{NAME}.ipynb"
    assert mine.read_bytes() == (shared / mine.name).read_bytes()
    mine.write_text("my answers")
    status, out, _ = ended(starting((*command, shared.parent, "--no-lab"), home, home))
    assert status == 0 and "left as" in out
    assert mine.read_text() == "my answers"


@either
def test_where_nothing_can_be_written_here_they_go_to_the_home(command: tuple, shared: Path, tmp_path: Path):
    status, out, _ = ended(starting((*command, ".", "--no-lab"), shared, tmp_path / "home"))
    assert status == 0
    assert (tmp_path / "home" / FOLDERS[command] / f"{NAME}.ipynb").is_file()
    assert str(tmp_path / "home" / FOLDERS[command]) in out


@either
def test_somebody_who_may_write_there_names_it(command: tuple, course: Path, tmp_path: Path):
    words = (*command, "--from", course / "exercises", "mine", "--no-lab")
    status, _, err = ended(starting(words, tmp_path / "home", tmp_path / "home"))
    assert status == 0, err
    assert (tmp_path / "home" / "mine" / f"{NAME}.ipynb").is_file()


@either
def test_a_read_only_file_system(command: tuple, course: Path, tmp_path: Path):
    shared = tmp_path / "mounted"
    shared.mkdir()
    if not may_mount(shared):
        pytest.skip("nothing may be mounted here")
    script = 'mount --bind "$0" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    before = (*NAMESPACE, "sh", "-c", script, str(course / "exercises"), str(shared))
    status, _, err = ended(starting((*command, shared, "--no-lab"), tmp_path / "home", tmp_path / "home", before))
    assert status == 0, err
    assert (tmp_path / "home" / FOLDERS[command] / f"{NAME}.ipynb").is_file()


@either
def test_a_full_disk_is_one_line_and_the_same_command_goes_on(command: tuple, tmp_path: Path):
    """A disk that some of the notebooks fit on, and that grows before the second time."""
    disk = tmp_path / "disk"
    disk.mkdir()
    originals = {path.name: path.read_bytes() for path in exercises_in(ROOT)}
    words = [*command, "--from", str(ROOT), str(disk / "mine"), "--no-lab"]
    if may_mount(disk):
        told = tmp_path / "told"
        script = f"""mount -t tmpfs -o size=160k tmpfs {disk} || exit 99
        "$@" > {told}.out 2> {told}.err; echo $? > {told}.status; cp -r {disk}/mine {tmp_path}/left
        mount -o remount,size=50m {disk} || exit 99
        "$@" && cp -r {disk}/mine {tmp_path}/after"""
        status, _, err = ended(
            starting((*NAMESPACE, "sh", "-c", script, "sh", *words), tmp_path, tmp_path / "home", ())
        )
        first, first_status = Path(f"{told}.err").read_text(), int(Path(f"{told}.status").read_text())
    else:  # no file may be larger than the first notebook
        limit = len(next(iter(originals.values())))
        first_status, _, first = ended(
            starting(("prlimit", f"--fsize={limit}", *words), tmp_path, tmp_path / "home", ())
        )
        shutil.copytree(disk / "mine", tmp_path / "left")
        status, _, err = ended(starting(tuple(words), tmp_path, tmp_path / "home", ()))
        shutil.copytree(disk / "mine", tmp_path / "after")
    assert first_status == 2 and first.count("\n") == 1
    assert first.startswith(f"error: there is no room in {disk / 'mine'} (")
    left = {path.name: path.read_bytes() for path in (tmp_path / "left").iterdir()}
    assert 0 < len(left) < len(originals)
    assert left.items() <= originals.items()
    assert status == 0, err
    assert {path.name: path.read_bytes() for path in exercises_in(tmp_path / "after")} == originals


def test_a_quota_is_said_in_the_systems_words():
    told = why_not_written(Path("mine"), OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)))
    assert told.startswith(f"there is no room in mine ({os.strerror(errno.EDQUOT)}): delete")


@either
def test_what_cannot_be_copied_is_said_with_what_to_do(command: tuple, shared: Path, tmp_path: Path):
    home = tmp_path / "home"
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / f"{NAME}.ipynb").write_text("{}")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    unreadable = tmp_path / "unreadable"
    unreadable.mkdir()
    (unreadable / f"{NAME}.ipynb").touch(mode=0o000)
    for words, told in (
        (("--from", tmp_path / "nowhere"), "there is no "),
        (("--from", closed), "you may not read "),
        (("--from", home), "there are no notebooks of exercises in "),
        (("--from", unreadable), "cannot be read (Permission denied)"),
        (("--from", damaged, "--kernel"), "is not a notebook"),
        ((shared, "--from", shared), "cannot be written (" if command == BUNDLE else "originals"),
    ):
        status, _, err = ended(starting((*command, *words, "--no-lab"), home, home))
        assert (status, err.count("\n")) == (2, 1) and told in err, err
    assert not (home / FOLDERS[command]).exists()
    closed.chmod(0o700)


def answers(log: str) -> bool:
    """Whether JupyterLab answers at the address that it has printed."""
    address = next((word for word in log.split() if word.startswith("http://127.0.0.1")), None)
    if address is None:
        return False
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status == 200
    except urllib.error.URLError:  # it prints the address a moment before it listens
        return False


def test_a_home_that_cannot_be_written_has_jupyterlab_all_the_same(shared: Path, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o555)
    status, _, err = ended(starting((*TL, shared, "--no-lab", "--kernel"), tmp_path, home))
    assert (status, err.count("\n")) == (2, 1) and "set JUPYTER_DATA_DIR to a folder" in err, err
    log = tmp_path / "log"
    words = ("sh", "-c", f'exec "$@" 2> {log}', "sh", *TL, shared, "--no-browser")
    process = starting(words, tmp_path / "work", home, TMPDIR=str(tmp_path))
    try:
        until = time.monotonic() + 120
        while not answers(text := log.read_text() if log.exists() else ""):
            assert process.poll() is None and time.monotonic() < until, text
            time.sleep(0.2)
        assert text.count("nothing can be saved in your home") == 1
        assert list(home.iterdir()) == []
    finally:
        process.kill()
        process.communicate()


def test_own_place_is_here_if_it_is_there_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert own_place("mine") == Path("mine")


def test_a_slow_start_is_said_with_its_seconds():
    """A process that waited before it asked, as for files of a slow disk."""
    program = (
        "import time; time.sleep(1.2); from tlcore.machine import slow_start as s; s.SLOW = 1.0; print(s.slow_start())"
        "; s.SLOW = 60.0; print(s.slow_start())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    slow, quick = run.stdout.splitlines()
    assert re.match(r"starting took \d+ seconds, \d+ of them waiting for files: ", slow) and sys.prefix in slow
    assert quick == "None"


def test_waiting_for_a_busy_processor_does_not_count():
    """Two processes that compute share one processor: what each waits for is the other."""
    program = (
        "import os, time; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from tlcore.machine import slow_start as s\n"
        "queued, computed = s._queued(), time.process_time()\n"
        "while time.process_time() - computed < 0.8: pass\n"
        "print(s._queued() - queued)"
    )
    command = [sys.executable, "-c", program]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    waited = [float(process.communicate(timeout=240)[0]) for process in both]
    assert max(waited) > 0.3
