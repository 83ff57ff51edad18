"""kill -9 at random moments of a class: after a second run every submission has one result, that of a quiet run."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from anatomy import fork_servers, judges, learners, supervisors
from classes import finish, leftovers, records, results, start, write_cheap_class

CLASS = 60
VICTIMS: dict[str, list[Callable[[int], list[int]]]] = {
    "grader": [lambda grader: [grader]],
    "fork server": [fork_servers],
    "worker": [learners, supervisors, judges],
}
"""Kinds of processes; a kind that has several places is killed in each of them in turn, where there is one."""


@pytest.fixture(scope="module")
def submissions(tmp_path_factory) -> Path:
    """Sixty learners; two runs of such a class take eight seconds of two idle cores, nearly all of it for starting."""
    return write_cheap_class(tmp_path_factory.mktemp("class"), CLASS)


@pytest.fixture(scope="module")
def undisturbed(submissions, tmp_path_factory) -> dict[str, tuple]:
    out = tmp_path_factory.mktemp("undisturbed")
    finish(start(submissions, out))
    found = results(out)
    assert len(found) == CLASS
    assert len({points for _, points, _ in found.values()}) == 2
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", VICTIMS)
@pytest.mark.parametrize("moment", range(int(os.environ.get("TL_FAULTS", "2"))))
def test_a_kill_loses_nothing(submissions, undisturbed, tmp_path, kind, moment, record_property):
    random.seed(1000 * moment + len(kind))
    out = tmp_path / "graded"
    grading = start(submissions, out)
    deadline = time.monotonic() + 250
    wanted = random.randint(1, CLASS - 10)
    while len(records(out)) < wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    victim = None
    while victim is None and time.monotonic() < deadline and grading.poll() is None:
        place = VICTIMS[kind][moment % len(VICTIMS[kind])]
        if found := place(grading.pid):
            victim = random.choice(found)
            continue
        time.sleep(0.002)
    assert victim is not None, "nothing to kill was found"
    at = len(records(out))
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    grading.communicate(timeout=280)
    done = len(records(out))
    if kind == "grader":
        assert done < CLASS, "the kill came too late to test anything"
    else:
        # Nobody but the grader itself is needed to the end: what was lost was graded again in this very run.
        assert grading.returncode == 0
        assert results(out) == undisturbed
    record_property("killed", f"{place.__name__}: {at} records at the kill, {done} at the end of that run")
    finish(start(submissions, out))
    assert results(out) == undisturbed
    assert leftovers(out) == []


@pytest.mark.slow
def test_ctrl_c_finishes_what_runs_and_says_how_to_go_on(submissions, undisturbed, tmp_path):
    out = tmp_path / "graded"
    grading = start(submissions, out)
    while len(records(out)) < 5:
        time.sleep(0.01)
    grading.send_signal(signal.SIGINT)
    err = finish(grading, status=2)
    assert "finishing what runs" in err
    assert "Run the same command again to resume" in err
    written = results(out)
    assert 5 <= len(written) == len(records(out)) < CLASS
    assert all(undisturbed[learner] == result for learner, result in written.items())
    finish(start(submissions, out))
    assert results(out) == undisturbed


@pytest.mark.slow
def test_a_second_grader_on_one_folder_says_so_and_stops(submissions, tmp_path):
    out = tmp_path / "graded"
    first = start(submissions, out)
    while not records(out):
        time.sleep(0.01)
    # Held still meanwhile: a busy machine may need longer to start the second than the first needs for its class.
    os.kill(first.pid, signal.SIGSTOP)
    try:
        err = finish(start(submissions, out), status=2)
    finally:
        os.kill(first.pid, signal.SIGCONT)
    assert "another" in err and str(first.pid) in err
    finish(first)
