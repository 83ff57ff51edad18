"""What is asked of Slurm, and what is made of its answers; the real Slurm is in tests/slurm."""

import shlex
import sys
from pathlib import Path

import pytest

from grader.cluster import Options
from grader.cluster.kept import Kept
from grader.cluster.left_over import left_over, refusal, sentences
from grader.cluster.script import command_of, script_of
from grader.cluster.slurm import Task, ranges
from grader.grading import Selection, Settings


def test_numbers_of_tasks_are_written_as_sbatch_takes_them() -> None:
    assert ranges([7, 1, 2, 3, 2]) == "1-3,7"
    assert ranges([4]) == "4"


def test_options_are_those_of_sbatch_and_the_others_are_passed_on() -> None:
    options = Options("main", "x1", "course", "1:00:00", "4G", 8, 2, ("--qos=short",))
    assert options.words() == [
        "--cpus-per-task=2",
        "--requeue",
        "--partition=main",
        "--account=x1",
        "--reservation=course",
        "--time=1:00:00",
        "--mem=4G",
        "--qos=short",
    ]
    assert Options().words() == ["--cpus-per-task=1", "--requeue"]


@pytest.mark.parametrize(
    ("tasks", "waiting", "count"), [(None, 74, 3), (None, 5, 1), (None, 100_000, 50), (8, 74, 8), (8, 3, 3), (8, 0, 1)]
)
def test_how_many_parts(tasks: int | None, waiting: int, count: int) -> None:
    assert Options(tasks=tasks).count(waiting) == count


def test_the_script_runs_this_python_and_has_no_key(tmp_path: Path) -> None:
    settings = Settings(2, "reduced", 20.0, "secret", Selection(("Zoë O'Neil/02_x",), again=True))
    command = command_of(tmp_path / "a class", Path("out"), settings)
    script = script_of(command, 8)
    assert command[0] == sys.executable and str(Path.cwd() / "out") in command
    line = next(line for line in script.splitlines() if "--shard" in line)
    assert shlex.split(line)[: len(command)] == command and shlex.split(line)[-1] == "$SLURM_ARRAY_TASK_ID/8"
    assert "secret" not in script


def test_a_task_says_itself_why_it_could_not(tmp_path: Path) -> None:
    log = tmp_path / "1-1.log"
    assert refusal(log) is None
    log.write_bytes(b"4 to grade\nslurmstepd: error: *** CANCELLED\n")
    assert refusal(log) is None
    log.write_bytes(b"error: isolation 'full' is not available\nerror: on this \xff machine\n")
    assert refusal(log) == "isolation 'full' is not available on this \ufffd machine"
    assert left_over(1, 4, Task(1, "FAILED", "NonZeroExitCode"), log).again is False


@pytest.mark.parametrize(
    ("state", "again", "why"),
    [
        ("TIMEOUT", True, "time limit"),
        ("NODE_FAIL", True, "node failed"),
        ("OUT_OF_MEMORY", True, "--memory"),
        ("CANCELLED", False, "cancelled"),
        ("FAILED", True, "perhaps killed"),
        ("COMPLETED", False, "the nodes share"),
        ("", True, "perhaps killed"),
    ],
)
def test_what_is_submitted_again(tmp_path: Path, state: str, again: bool, why: str) -> None:
    log = tmp_path / "1-3.log"
    log.touch()
    one = left_over(3, 2, Task(3, state, "") if state else None, log)
    assert (one.again, one.number) == (again, 3) and why in one.why


def test_reasons_are_said_once_with_the_tasks_that_they_are_about(tmp_path: Path) -> None:
    tasks = [left_over(n, 2, Task(n, "TIMEOUT", ""), tmp_path / "log") for n in range(1, 9)]
    cancelled = left_over(9, 1, Task(9, "CANCELLED", ""), tmp_path / "log")
    first, second = sentences([*tasks, cancelled])
    assert first.startswith("16 of tasks 1, 2, 3, 4, 5 and 3 more: it reached its time limit")
    assert second == "1 of task 9: it was cancelled"


def test_a_run_is_found_again_unless_its_file_is_damaged(tmp_path: Path) -> None:
    assert Kept.load(tmp_path) is None
    kept = Kept.begin(tmp_path, ["tl", "grade"], 8)
    kept.jobs.append("12")
    kept.save(tmp_path)
    assert Kept.load(tmp_path) == kept and kept.since > 0
    for damaged in ("{", "[]", '{"name": 1}', '{"name": "a", "since": "b", "command": [], "count": 0}'):
        (tmp_path / "cluster" / "run.json").write_text(damaged)
        assert Kept.load(tmp_path) is None
    kept.end(tmp_path)
    assert Kept.load(tmp_path) is None
