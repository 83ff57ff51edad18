"""Workers are processes of their own that borrow from one sandbox: same results, and one that is lost costs nothing."""

import os
import signal
import time
from pathlib import Path

import pytest

from grader.authoring.notebook import fill, to_bytes
from grader.demo.classroom_files import released, solved
from grader.exercise.catalogue import exercise_names, load_exercise
from grader.grading import Settings, grade_class
from grader.grading.judge import Judge
from grader.grading.worker import Worker
from grader.results import RecordStore, SubmissionResult
from grader.sandbox import Sandbox, SandboxError
from grader.submissions import Found, find_submissions

EXERCISE = exercise_names()[-1]


@pytest.fixture(scope="module")
def submissions(tmp_path_factory) -> Path:
    """Six learners: right, a first answer that is wrong, one that never comes, blank, no notebook, and right again."""
    folder = tmp_path_factory.mktemp("class")
    first = load_exercise(EXERCISE).questions[0]

    def answering(body: str) -> bytes:
        return to_bytes(fill(solved(EXERCISE), {first.id: f"def {first.defines[0]}(*args, **kwargs):\n    {body}"}))

    right, wrong, endless = to_bytes(solved(EXERCISE)), answering("return None"), answering("while True: pass")
    for number, data in enumerate([right, wrong, endless, to_bytes(released(EXERCISE)), b"{", right]):
        path = folder / f"learner-{number}" / f"{EXERCISE}.ipynb"
        path.parent.mkdir()
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("best") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge("a course key", time_limit=20)


@pytest.fixture
def worker(judge, sandbox):
    worker = Worker(judge, sandbox.tier)
    yield worker
    worker.end()


def _said(result: SubmissionResult) -> tuple:
    questions = [(q.id, q.points, q.status, q.misconceptions, q.message, q.behaviours) for q in result.questions]
    return result.learner, result.status, result.reason, result.points, result.remarks, questions


def _graded(submissions: Path, out: Path, jobs: int) -> list[tuple]:
    grade_class(submissions, out, Settings(jobs=jobs, isolation="best", key="a course key", time_limit=4))
    return [_said(record) for record in RecordStore(out).records()]


def _first(submissions: Path) -> Found:
    return find_submissions(submissions, exercise_names())[0]


def test_two_workers_give_what_one_gives(submissions, tmp_path):
    alone = _graded(submissions, tmp_path / "one", jobs=1)
    assert [status for _, status, *_ in alone] == ["graded"] * 4 + ["not_graded", "graded"]
    assert _graded(submissions, tmp_path / "two", jobs=2) == alone


def test_a_worker_borrows_from_the_graders_sandbox(submissions, judge, sandbox, worker):
    before = sandbox.session().number
    result = worker.result(sandbox, _first(submissions))
    assert result.points == result.max_points > 0
    assert result.cpu_seconds > 0
    assert sandbox.session().number > before + 1  # there are sessions in between, which the worker had


def test_a_worker_that_is_killed_is_replaced(submissions, judge, sandbox, worker):
    os.kill(worker.pid, signal.SIGKILL)
    result = worker.result(sandbox, _first(submissions))
    assert result.status == "graded"
    assert result.points == result.max_points


def test_over_a_submission_that_kills_every_worker_only_that_one_is_not_graded(submissions, sandbox):
    class Fatal(Judge):
        def result(self, sandbox, found):
            if found.learner == "learner-0":
                os.kill(os.getpid(), signal.SIGKILL)
            return super().result(sandbox, found)

    worker = Worker(Fatal("a course key", time_limit=20), sandbox.tier)
    first, second, *_ = find_submissions(submissions, exercise_names())
    lost, next_one = worker.result(sandbox, first), worker.result(sandbox, second)
    worker.end()
    assert (lost.status, lost.learner) == ("not_graded", "learner-0")
    assert "Run it again" in lost.reason
    assert next_one.status == "graded"


def test_a_mistake_of_ours_in_a_worker_is_raised_in_the_grader(submissions, sandbox):
    class Mistaken(Judge):
        def result(self, sandbox, found):
            raise ZeroDivisionError("a mistake")

    worker = Worker(Mistaken("a course key", time_limit=20), sandbox.tier)
    with pytest.raises(ZeroDivisionError, match="a mistake"):
        worker.result(sandbox, _first(submissions))
    worker.end()


def test_a_sandbox_that_cannot_give_sessions_is_the_graders_fault_and_says_why(submissions, judge, worker):
    class Empty(Sandbox):
        def session(self, limits=None):
            raise SandboxError("no session today")

    result = worker.result(Empty("none"), _first(submissions))
    assert result.status == "not_graded"
    assert "no session today" in result.reason


def test_a_worker_ends_with_its_grader(judge, sandbox):
    read_end, write_end = os.pipe()
    grader = os.fork()
    if grader == 0:
        os.write(write_end, str(Worker(judge, sandbox.tier).pid).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(grader, 0)
    left_behind = int(os.read(read_end, 20))
    deadline = time.monotonic() + 60
    while _lives(left_behind):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
