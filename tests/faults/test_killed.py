"""kill -9 at random moments of a class: after a second run every submission has one result, that of a quiet run."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.authoring.exercise import exercise_names, load_exercise
from grader.authoring.notebook import fill, to_bytes
from grader.demo.classroom_files import released, solved

TL = [sys.executable, "-m", "grader.cli"]
CLASS = 60


@pytest.fixture(scope="module")
def submissions(tmp_path_factory) -> Path:
    """Sixty learners: a third right, a third with a wrong first answer, a third who filled nothing."""
    folder = tmp_path_factory.mktemp("class")
    exercise = exercise_names()[0]
    first = load_exercise(exercise).questions[0]
    wrong = fill(solved(exercise), {first.id: f"def {first.defines[0]}(*args, **kwargs):\n    return None"})
    kinds = [to_bytes(solved(exercise)), to_bytes(wrong), to_bytes(released(exercise))]
    for i in range(CLASS):
        path = folder / f"learner-{i:02d}" / f"{exercise}.ipynb"
        path.parent.mkdir()
        path.write_bytes(kinds[i % 3])
    return folder


def _start(submissions: Path, out: Path) -> subprocess.Popen:
    command = [*TL, "grade", str(submissions), "--out", str(out), "--key", "k", "--jobs", "2", "--isolation", "best"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _results(out: Path) -> dict[str, tuple]:
    data = json.loads((out / "results.json").read_text())["submissions"]
    assert len(data) == len({s["learner"] for s in data}) == CLASS
    return {
        s["learner"]: (
            s["status"],
            s["points"],
            [(q["id"], q["points"], q["status"], q["misconceptions"], q["message"]) for q in s["questions"]],
        )
        for s in data
    }


@pytest.fixture(scope="module")
def undisturbed(submissions, tmp_path_factory) -> dict[str, tuple]:
    out = tmp_path_factory.mktemp("undisturbed")
    grading = _start(submissions, out)
    _, err = grading.communicate(timeout=200)
    assert grading.returncode == 0, err
    results = _results(out)
    assert len({points for _, points, _ in results.values()}) >= 2
    return results


def _below(pid: int) -> list[int]:
    found = [pid]
    for above in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{above}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found[1:]


def _victim(grader: int, kind: str) -> int | None:
    """The grader; the zygote (a process below it with sessions below itself); or a process of a session."""
    if kind == "grader":
        return grader
    below = _below(grader)
    parents = [pid for pid in below if len(_below(pid)) > 0]
    leaves = [pid for pid in below if pid not in parents]
    if kind == "zygote":
        return parents[-1] if parents else (below[-1] if below else None)
    return random.choice(leaves) if parents and leaves else None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["grader", "zygote", "worker"])
@pytest.mark.parametrize("moment", range(int(os.environ.get("TL_FAULTS", "2"))))
def test_a_kill_loses_nothing(submissions, undisturbed, tmp_path, kind, moment):
    random.seed(1000 * moment + len(kind))
    out = tmp_path / "graded"
    grading = _start(submissions, out)
    deadline = time.monotonic() + 60
    wanted = random.randint(1, CLASS - 10)
    while len(list(out.glob("records/*/*.json"))) < wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    for _ in range(200):
        victim = _victim(grading.pid, kind)
        if victim is not None:
            break
        time.sleep(0.005)
    assert victim is not None, "nothing to kill was found"
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    grading.communicate(timeout=200)
    done = len(list(out.glob("records/*/*.json")))
    if kind == "grader":
        assert done < CLASS, "the kill came too late to test anything"
    again = _start(submissions, out)
    _, err = again.communicate(timeout=200)
    assert again.returncode == 0, err
    assert _results(out) == undisturbed
    assert not [p for p in out.rglob("*") if p.name.startswith(".") and p.name.endswith(".tmp")]


@pytest.mark.slow
def test_ctrl_c_finishes_what_runs_and_says_how_to_go_on(submissions, undisturbed, tmp_path):
    out = tmp_path / "graded"
    grading = _start(submissions, out)
    while len(list(out.glob("records/*/*.json"))) < 5:
        time.sleep(0.01)
    grading.send_signal(signal.SIGINT)
    _, err = grading.communicate(timeout=60)
    assert grading.returncode == 2
    assert "Run the same command again to resume" in err
    assert (out / "results.json").exists()
    assert _start(submissions, out).communicate(timeout=200) is not None
    assert _results(out) == undisturbed


@pytest.mark.slow
def test_a_second_grader_on_one_folder_says_so_and_stops(submissions, tmp_path):
    out = tmp_path / "graded"
    first = _start(submissions, out)
    while not list(out.glob("records/*/*.json")):
        time.sleep(0.01)
    second = _start(submissions, out)
    _, err = second.communicate(timeout=60)
    assert second.returncode == 2
    assert "another" in err and str(first.pid) in err
    _, err = first.communicate(timeout=200)
    assert first.returncode == 0, err
