"""`tl start`, `tl check`, `tl progress` as a learner runs them: real processes, real sandbox, real hidden tests."""

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from learner_answers import FLAG, RAISES, RIGHT, save_in_place, save_like_jupyter

NAME = "02_feature_extraction"
PATIENCE = 280  # seconds for what never takes so long: a `tl check` that starts afresh has taken 49 on a busy machine


@pytest.fixture
def notebook(folder: Path) -> Path:
    return folder / f"{NAME}.ipynb"


def test_from_a_blank_to_full_marks(learner, notebook: Path):
    run = learner("check", notebook)
    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.startswith("isolation: ")
    assert "0 of 2 points" in run.stdout and "not reached" in run.stdout
    assert "Hint 1 of 3" in run.stdout and "or its parameters?" in run.stdout

    save_in_place(notebook, FLAG)
    run = learner("check", notebook, "--json")
    assert run.returncode == 1, run.stderr
    [entry] = json.loads(run.stdout)
    assert run.returncode == 1
    assert run.stderr.startswith(f"isolation: {entry['isolation']}")
    [question] = entry["questions"]
    assert (entry["points"], entry["max_points"], entry["status"]) == (0.0, 2.0, "graded")
    assert question["misconceptions"] == ["flag_on_the_module"]
    [asks] = question["asks"]
    assert asks.startswith("What does the optimizer hold: the module, or its parameters?")
    assert (question["hint"]["number"], question["hint"]["of"]) == (2, 3)

    save_in_place(notebook, RIGHT)
    run = learner("check", notebook.parent)  # a folder will do
    assert (run.returncode, run.stderr) == (0, "")
    assert "2 of 2 points" in run.stdout and "Everything works" in run.stdout
    assert "Hint" not in run.stdout

    run = learner("progress", "--json")
    seen = json.loads(run.stdout)
    assert (seen["points"], seen["minutes_left"], seen["next"]) == (2.0, 0, None)
    assert {line["code"]: line["points"] for line in seen["objectives"] if line["questions"]} == {
        "O2": 2.0,
        "O3": 2.0,
        "O3V": 2.0,
    }
    shown = learner("progress").stdout
    assert "2 of 2 points (100%), about 0 of 10 minutes left" in shown and "Everything is done" in shown


class Watcher:
    """A `tl check --watch --json` that runs, and what it says as it comes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said: queue.Queue[tuple[float, str]] = queue.Queue()
        self.notes: queue.Queue[tuple[float, str]] = queue.Queue()
        for stream, into in ((process.stdout, self.said), (process.stderr, self.notes)):
            threading.Thread(target=self._listen, args=(stream, into), daemon=True).start()

    def _listen(self, stream: Any, into: "queue.Queue[tuple[float, str]]") -> None:
        for line in stream:
            into.put((time.monotonic(), line))

    def check(self) -> tuple[float, dict[str, Any]]:
        when, line = self.said.get(timeout=PATIENCE)
        return when, json.loads(line)

    def note(self, words: str) -> str:
        while True:
            line = self.notes.get(timeout=PATIENCE)[1]
            if words in line:
                return line


def test_watching_reacts_to_every_way_of_saving_and_ends_cleanly(learner, notebook: Path):
    watcher = Watcher(learner("check", "--watch", "--json", notebook.parent, start=True))
    try:
        assert watcher.check()[1]["points"] == 0.0  # as it is at the beginning
        took, hints, best = [], [], 0.0
        for save, answer, points in (
            (save_like_jupyter, FLAG, 0.0),
            (save_in_place, RAISES, 0.0),
            (save_like_jupyter, RIGHT, 2.0),
            (save_in_place, FLAG, 0.0),
            (save_like_jupyter, RIGHT, 2.0),
        ):
            save(notebook, answer)
            saved = time.monotonic()
            when, entry = watcher.check()
            took.append(when - saved)
            assert entry["points"] == points
            best = max(best, points)
            assert entry["questions"][0]["best_points"] == best
            hints.append((entry["questions"][0]["hint"] or {}).get("number"))
        assert hints == [2, 3, None, 3, None]
        began = time.monotonic()
        learner("check", notebook)
        afresh = time.monotonic() - began
        print(f"seconds from save to result, {afresh:.2f} afresh:", *(f"{each:.2f}" for each in took))
        # As a share of a check that starts afresh, because a busy machine must not fail this: 0.02 to 0.06 in 13 runs,
        # six of them beside four busy loops (0.4 to 1.3 s from save to result, 10 to 49 s afresh on a machine in use).
        assert sorted(took)[len(took) // 2] < afresh / 2

        os.utime(notebook)  # Jupyter saves again after a cell was run: no code has changed
        assert "its code is as it was: 2 of 2 points" in watcher.note("was saved")

        whole = notebook.read_bytes()
        notebook.write_bytes(whole[: len(whole) // 2])  # a write that takes its time
        time.sleep(0.7)
        notebook.write_bytes(whole.replace(b"p.requires_grad = False", b"pass"))
        assert watcher.check()[1]["points"] == 0.0
        assert watcher.notes.empty()  # not a word about the half

        notebook.write_bytes(b"{")  # and one that never ends
        assert "not a notebook" in watcher.note("error:")
        notebook.write_bytes(whole)
        assert watcher.check()[1]["points"] == 2.0

        watcher.process.send_signal(signal.SIGINT)
        assert watcher.process.wait(PATIENCE) == 0
        assert watcher.note("no longer watching")
        assert watcher.said.empty()
    finally:
        watcher.process.kill()


def test_a_home_that_cannot_be_written_costs_no_check(learner, notebook: Path, tmp_path: Path):
    save_in_place(notebook, RIGHT)
    (tmp_path / "file").write_text("")
    run = learner("check", notebook, TL_HOME=str(tmp_path / "file" / "below"))
    assert run.returncode == 0
    assert "2 of 2 points" in run.stdout
    assert run.stderr.count("your progress cannot be kept") == 1


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [(b"", 2, "the file is empty"), (b"{}", 2, "not a notebook"), (None, 2, "there is no")],
)
def test_what_cannot_be_read_ends_with_2(learner, notebook: Path, content: bytes | None, status: int, words: str):
    if content is None:
        notebook.unlink()
    else:
        notebook.write_bytes(content)
    run = learner("check", notebook)
    assert run.returncode == status
    assert words in run.stderr and "Traceback" not in run.stderr


def test_start_copies_and_never_overwrites(learner, course: Path, tmp_path: Path):
    run = learner("start", "--no-lab")
    mine = tmp_path / "home" / "transfer-learning" / f"{NAME}.ipynb"
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"copied to transfer-learning: {NAME}.ipynb\n")
    assert mine.read_bytes() == (course / "exercises" / mine.name).read_bytes()
    save_in_place(mine, RIGHT)
    kept = mine.read_bytes()
    run = learner("start", "--no-lab")
    assert "left as they are" in run.stdout and run.returncode == 0
    assert mine.read_bytes() == kept


def test_start_with_a_kernel_stamps_what_it_copies(learner, tmp_path: Path):
    run = learner("start", "--no-lab", "--kernel", JUPYTER_DATA_DIR=str(tmp_path / "jupyter"))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith('the kernel "Transfer learning (exercises)" is installed in ')
    mine = tmp_path / "home" / "transfer-learning" / f"{NAME}.ipynb"
    assert json.loads(mine.read_bytes())["metadata"]["kernelspec"]["name"] == "transfer-learning"
    run = learner("start", "--no-lab", "--kernel", JUPYTER_DATA_DIR=str(tmp_path / "jupyter"))
    assert "left as they are" in run.stdout and "Change Kernel" in run.stdout
    run = learner("start", "--kernel", "--remove", JUPYTER_DATA_DIR=str(tmp_path / "jupyter"))
    assert (run.returncode, run.stdout.split(":")[0]) == (0, "the kernel is removed")
    assert not list((tmp_path / "jupyter" / "kernels").iterdir())
    run = learner("start", "--remove")
    assert run.returncode == 2 and "--kernel --remove" in run.stderr


def test_start_says_what_stands_in_the_way(learner, tmp_path: Path):
    (tmp_path / "home" / "file").write_text("")
    run = learner("start", "file", "--no-lab")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "error: file is a file: choose another name for the folder, as in tl start my-folder\n"


def test_progress_before_anything_and_after_damage(learner, tmp_path: Path):
    run = learner("progress")
    assert (run.returncode, run.stderr) == (0, "")
    assert "0 of 2 points (0%), about 10 of 10 minutes left" in run.stdout
    assert "Next: Freeze" in run.stdout and "tl start" in run.stdout
    assert "no question yet" in run.stdout
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "progress.json").write_text("{broken")
    run = learner("progress")
    assert run.returncode == 0
    assert run.stderr.startswith("note: your progress file was damaged (it is not JSON): it is kept as ")
    assert [path.read_text() for path in (tmp_path / "kept").glob("progress.damaged-*")] == ["{broken"]


def test_reset_asks_and_keeps_the_old_file(learner, tmp_path: Path):
    assert "nothing to reset" in learner("progress", "--reset").stdout
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "progress.json").write_text("mine")
    run = learner("progress", "--reset")
    assert (run.returncode, run.stdout) == (2, "")
    assert "add --yes" in run.stderr
    assert (tmp_path / "kept" / "progress.json").read_text() == "mine"
    run = learner("progress", "--reset", "--yes")
    assert run.returncode == 0
    [old] = (tmp_path / "kept").glob("progress.until-*")
    assert str(old) in run.stdout and old.read_text() == "mine"


FOREIGN = Path(__file__).with_name("foreign.py")


@pytest.mark.parametrize("system", ["darwin", pytest.param("win32", marks=pytest.mark.slow)])
def test_where_nothing_can_isolate_or_fork_all_of_it_works(course: Path, folder: Path, tmp_path: Path, system: str):
    """Another system by its name, without the modules and functions that it lacks; not what Python does there."""

    def tl(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(FOREIGN), system, *map(str, arguments)]
        command += ["--root", str(course)] if arguments != ("doctor",) else []
        environment = {**os.environ, "TL_HOME": str(tmp_path / "kept"), "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE)

    run = tl("start", "mine", "--no-lab")
    assert (run.returncode, run.stderr) == (0, "")
    save_in_place(tmp_path / "mine" / f"{NAME}.ipynb", FLAG)
    run = tl("check", "mine", "--json")
    assert run.returncode == 1, run.stderr
    [entry] = json.loads(run.stdout)
    assert (run.returncode, entry["isolation"], entry["points"]) == (1, "none", 0.0)
    assert "nothing restrains the code" in run.stderr
    assert entry["questions"][0]["misconceptions"] == ["flag_on_the_module"]
    run = tl("progress", "--json")
    assert (run.returncode, json.loads(run.stdout)["exercises"][0]["questions"][0]["hints"]) == (0, 1)
    run = tl("doctor")
    assert run.returncode == 0, run.stdout
    assert "your own notebooks work" in run.stdout and " !! " not in run.stdout


@pytest.mark.slow
def test_start_opens_jupyterlab_in_the_folder(learner, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lab = learner("start", "mine", "--no-browser", start=True, JUPYTER_PORT=str(port), JUPYTER_TOKEN="t0ken")
    try:
        url = f"http://127.0.0.1:{port}/api/contents?token=t0ken"
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    names = {entry["name"] for entry in json.load(answer)["content"]}
                break
            except OSError:
                assert lab.poll() is None, lab.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.3)
        assert names == {f"{NAME}.ipynb"}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/lab?token=t0ken", timeout=30) as answer:
            page = answer.read().decode()
        settings = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
        off = settings["disabledExtensions"]
        assert "@jupyter/nbgrader" in off and "@jupyterlab/apputils-extension:announcements" in off
        lab.send_signal(signal.SIGTERM)  # it became JupyterLab, so that whoever ends it ends JupyterLab
        lab.wait(PATIENCE)
        with pytest.raises(OSError):
            urllib.request.urlopen(url, timeout=5)
    finally:
        lab.kill()
