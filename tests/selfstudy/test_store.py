"""The progress file: whole after a kill, never lost when damaged, shared by two processes, and done without."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.selfstudy.errors import ProgressUnavailable
from grader.selfstudy.progress import ExerciseProgress, Progress, QuestionProgress
from grader.selfstudy.store import ProgressStore, home


def solve(name: str):
    def change(progress: Progress) -> None:
        questions = progress.exercises.setdefault("02_x", ExerciseProgress()).questions
        questions[name] = QuestionProgress(1.0, 1.0, "passed", 1)

    return change


def solved(store: ProgressStore) -> set[str]:
    known = store.read().exercises.get("02_x")
    return set(known.questions) if known else set()


def test_the_key_is_made_once(tmp_path: Path):
    keys = {ProgressStore(tmp_path / "new" / "home").update(lambda p: p.key) for _ in range(3)}
    assert len(keys) == 1


def test_without_a_file_there_is_no_progress_and_reading_makes_none(tmp_path: Path):
    assert ProgressStore(tmp_path / "home").read().exercises == {}
    assert not (tmp_path / "home").exists()


def test_the_folder_is_the_platforms_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    import platformdirs

    monkeypatch.delenv("TL_HOME", raising=False)
    assert home() == platformdirs.user_data_path("tl-exercises", appauthor=False)
    monkeypatch.setenv("TL_HOME", str(tmp_path / "ö"))
    assert ProgressStore().path == tmp_path / "ö" / "progress.json"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b'{"format": 1}', b"[" * 100_000])
def test_a_damaged_file_is_kept_and_the_state_before_is_taken_up(tmp_path: Path, content: bytes):
    store = ProgressStore(tmp_path)
    key = store.update(lambda p: p.key)
    store.update(solve("first"))
    store.update(solve("second"))
    store.path.write_bytes(content)
    again = ProgressStore(tmp_path)
    assert solved(again) == {"first"}  # the last check alone is missing
    assert again.read().key == key
    [notice] = again.notices
    [kept] = tmp_path.glob("progress.damaged-*.json")
    assert str(kept) in notice and "damaged" in notice
    assert kept.read_bytes() == content
    again.update(solve("third"))
    assert solved(ProgressStore(tmp_path)) == {"first", "third"}


def test_where_both_files_are_damaged_a_new_one_begins_and_nothing_is_deleted(tmp_path: Path):
    store = ProgressStore(tmp_path)
    store.update(solve("first"))
    store.update(solve("second"))
    for path in (store.path, store.before):
        path.write_bytes(b"{broken")
    again = ProgressStore(tmp_path)
    assert solved(again) == set()
    assert "a new one begins" in again.notices[0]
    assert len(list(tmp_path.glob("progress.damaged-*.json"))) == 1


def test_damage_twice_in_a_second_keeps_both(tmp_path: Path):
    for content in (b"1", b"2"):
        store = ProgressStore(tmp_path)
        store.path.write_bytes(content)
        store.read()
    kept = {path.read_bytes() for path in tmp_path.glob("progress.damaged-*.json")}
    assert kept == {b"1", b"2"}


def test_a_newer_file_stays_untouched(tmp_path: Path):
    store = ProgressStore(tmp_path)
    store.path.write_text('{"format": 99}')
    with pytest.raises(ProgressUnavailable, match="update"):
        store.update(solve("first"))
    assert store.path.read_text() == '{"format": 99}'


def test_a_home_that_cannot_be_written_is_said_once_and_remembered_meanwhile(tmp_path: Path):
    (tmp_path / "file").write_text("")
    store = ProgressStore(tmp_path / "file" / "home")
    key = store.update(lambda p: p.key)
    store.update(solve("first"))
    assert solved(store) == {"first"}
    assert store.read().key == key
    [notice] = store.notices
    assert f"cannot be kept in {tmp_path / 'file' / 'home'} ({tmp_path / 'file'} is a file): move" in notice
    assert "TL_HOME" in notice


def test_reading_too_says_that_a_file_stands_where_the_folder_should_be(tmp_path: Path):
    (tmp_path / "file").write_text("")
    store = ProgressStore(tmp_path / "file")
    assert store.read().exercises == {} and store.read().exercises == {}
    [notice] = store.notices
    assert "is a file): move that file away, or set TL_HOME to another folder" in notice


def test_reset_keeps_the_old_file(tmp_path: Path):
    store = ProgressStore(tmp_path)
    assert store.reset() is None
    old = store.update(lambda p: p.key)
    store.update(solve("first"))
    kept = store.reset()
    assert json.loads(kept.read_text())["exercises"]["02_x"]["questions"].keys() == {"first"}
    assert solved(store) == set()
    assert store.update(lambda p: p.key) != old


WRITER = """
import sys
from pathlib import Path
from grader.selfstudy.progress import ExerciseProgress, QuestionProgress
from grader.selfstudy.store import ProgressStore
store, name, count = ProgressStore(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
def change(progress):
    questions = progress.exercises.setdefault("02_x", ExerciseProgress()).questions
    questions[f"{name}{i}"] = QuestionProgress(1.0, 1.0, "passed" + "." * 20_000, 1)
for i in range(count):
    store.update(change)
    print(i, flush=True)
"""


NO_FLOCK = [sys.executable, str(Path(__file__).parents[1] / "no_flock.py"), "ENOSYS"]
on_any_file_system = pytest.mark.parametrize("launcher", [[], NO_FLOCK], ids=["locks", "no locks"])


def writer(folder: Path, name: str, count: int, launcher: list[str]) -> subprocess.Popen[str]:
    command = [*launcher, sys.executable, "-c", WRITER, str(folder), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@on_any_file_system
def test_two_at_once_lose_nothing(tmp_path: Path, launcher: list[str]):
    both = [writer(tmp_path, name, 25, launcher) for name in "ab"]
    for process in both:
        process.communicate(timeout=280)
        assert process.returncode == 0
    assert solved(ProgressStore(tmp_path)) == {f"{name}{i}" for name in "ab" for i in range(25)}


@on_any_file_system
def test_killed_while_writing_it_is_whole_and_holds_what_was_kept(tmp_path: Path, launcher: list[str]):
    kept: set[str] = set()
    within = 0
    for run in range(12):
        process = writer(tmp_path, f"run{run}_", 100_000, launcher)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.02 + 0.011 * run)  # at another place of the write each time
        process.send_signal(signal.SIGKILL)
        said = [0, *map(int, process.stdout.read().split())]
        process.wait()
        within += any(tmp_path.glob(".tmp-*"))
        kept |= {f"run{run}_{i}" for i in said}
        store = ProgressStore(tmp_path)
        assert kept <= solved(store)
        assert store.notices == []
    print(f"{within} of 12 kills left a half-written file beside it")
    assert not list(tmp_path.glob("progress.damaged*"))
    store.update(solve("last"))
    assert not list(tmp_path.glob(".tmp-*"))  # swept by the next write
