"""Processes that never answer: by an answer's own doing, or because somebody on the machine stopped them.

Who stopped a process cannot be told from how it looks afterwards. What is right then: a supervisor or a fork server
runs no learner's code and no learner can stop it, so that one which stands still is the machine's failure, and what it
was at is graded again. A learner's own process that is found stopped when its time is over is asked once more in a
fresh
process: an operator's SIGSTOP costs nobody a point, and an answer that stops itself does so again and has run out of
time. (grader/grading/notebook_answers.py)
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from anatomy import fork_servers, judges, learners, state, supervisors
from classes import EXERCISE, finish, lost_only_the_first, records, results, start, write_faulty

from grader.results import RecordStore

FAULTY = {
    "loops-and-ignores-signals": """
import signal
def freeze(module):
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
""",
    "stops-itself": """
import os, signal
def freeze(module):
    os.kill(os.getpid(), signal.SIGSTOP)
""",
    "closes-its-socket": """
import os, time
def freeze(module):
    os.closerange(3, 256)
    time.sleep(600)
""",
}
LIMIT = "10"
"""Seconds a question: what a process costs that never answers. An honest one takes 0.1 s of a quiet machine."""

PLACES: dict[str, Callable[[int], list[int]]] = {
    "learner": learners,
    "supervisor": supervisors,
    "fork server": fork_servers,
    "judge": judges,
}


@pytest.mark.slow
def test_answers_that_never_come_lose_that_question_alone(dozen: Path, quiet: dict, tmp_path: Path) -> None:
    submissions, out = tmp_path / "submissions", tmp_path / "graded"
    shutil.copytree(dozen, submissions)
    for learner, answer in FAULTY.items():
        write_faulty(submissions, learner, answer)
    finish(start(submissions, out, "--time-limit", LIMIT))
    found = results(out)
    for learner in FAULTY:
        assert lost_only_the_first(found.pop(learner)), learner
        record = RecordStore(out).load(learner, EXERCISE)
        # The question costs its limit at most, twice where the process was found stopped; the rest is for the others.
        assert record is not None and record.seconds < 3.5 * float(LIMIT)
    assert found == quiet


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_who_is_stopped_from_outside_loses_nothing(dozen: Path, quiet: dict, tmp_path: Path, place: str) -> None:
    """It stays stopped: nobody wakes it. The class goes on; what could not be graded is graded by the next run."""
    random.seed(place)
    out = tmp_path / "graded"
    grading = start(dozen, out, "--time-limit", LIMIT)
    stopped = _stop_one(grading, place, out)
    _out, err = grading.communicate(timeout=280)
    assert grading.returncode in (0, 1), err
    assert len(records(out)) == len(quiet)
    assert state(stopped) in ("", "Z"), "the process that was stopped is still there"
    finish(start(dozen, out, "--time-limit", LIMIT))
    assert results(out) == quiet


def _stop_one(grading: subprocess.Popen[str], place: str, out: Path) -> int:
    """Stop one process of that place in mid-class. One that was just ending goes on to its end: then another."""
    deadline = time.monotonic() + 250
    while time.monotonic() < deadline:
        assert grading.poll() is None, "the class was graded before anything was stopped"
        found = PLACES[place](grading.pid) if records(out) else []
        if not found:
            time.sleep(0.002)
            continue
        victim = random.choice(found)
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGSTOP)
        time.sleep(0.3)
        if state(victim) == "T":
            return victim
    raise AssertionError(f"no {place} was there to stop")
