"""`nbgrader autograde` when things go on at the same time, or not to the end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from channel_cases import EXERCISE, KEY, Run
from nbgrader_course import autograde_in_the_background, hand_in, scores_in

from grader.exercise.catalogue import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _wait_for(made: Path) -> None:
    deadline = time.monotonic() + 280
    while not made.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert made.exists()


def test_a_killed_run_is_graded_again(course: Path, run: Run, submissions: Path):
    hand_in(course, "killed", submissions / "right" / f"{EXERCISE}.ipynb")
    process = autograde_in_the_background(course, "--student", "killed")
    try:
        _wait_for(course / "autograded" / "killed" / EXERCISE / f"{EXERCISE}.ipynb")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert scores_in(course)["killed"]["freeze_test"] is None
    run("nbgrader", "autograde", EXERCISE, "--student", "killed", cwd=course, TL_COURSE_KEY=KEY)
    assert scores_in(course)["killed"]["freeze_test"] == 2.0
    again = run("nbgrader", "autograde", EXERCISE, "--student", "killed", cwd=course, TL_COURSE_KEY=KEY)
    assert "Skipping existing assignment" in again.stderr


def test_of_two_runs_in_one_course_the_second_says_so_and_stops(course: Path, run: Run, submissions: Path):
    """For the same learner, whose half-graded notebook it would take for a killed run's, and for another one."""
    for learner, kind in (("first", "hangs"), ("second", "right")):
        hand_in(course, learner, submissions / kind / f"{EXERCISE}.ipynb")
    process = autograde_in_the_background(course, "--student", "first")
    try:
        _wait_for(course / "autograded" / "first" / EXERCISE / f"{EXERCISE}.ipynb")
        for learner in ("first", "second"):
            done = run("nbgrader", "autograde", EXERCISE, "--student", learner, cwd=course, status=1, TL_COURSE_KEY=KEY)
            assert process.poll() is None, "the first run ended too soon to say anything about two"
            assert "another nbgrader autograde is at work in" in done.stderr and "Traceback" not in done.stderr
        _, said = process.communicate(timeout=280)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said
    found = scores_in(course)
    assert (found["first"]["freeze_test"], found["first"]["prepare_test"]) == (0.0, 2.0)
    assert "second" not in found
    run("nbgrader", "autograde", EXERCISE, "--student", "second", cwd=course, TL_COURSE_KEY=KEY)
    assert scores_in(course)["second"]["freeze_test"] == 2.0


def _autograde_without_locks(course: Path, learner: str, *walls: str) -> subprocess.Popen[str]:
    """`nbgrader autograde` where the kernel refuses each `flock`; its lease lasts 6 seconds instead of 120."""
    code = "import grader.locks as l; l.LEASE_SECONDS = 6.0; from nbgrader.apps.nbgraderapp import main; main()"
    refusing = [sys.executable, str(Path(__file__).parents[1] / "no_flock.py"), "ENOSYS", sys.executable, "-c", code]
    environment = {**os.environ, "TL_COURSE_KEY": KEY, "PYTHONPATH": os.environ.get("PYTHONPATH") or str(ROOT)}
    command = [*walls, *refusing, "autograde", EXERCISE, "--student", learner]
    return subprocess.Popen(command, cwd=course, env=environment, stderr=subprocess.PIPE, text=True)


def test_on_a_file_system_without_locks_nobody_is_locked_out_or_disturbed(course: Path, run: Run, submissions: Path):
    """Of two runs the second stops; a run that was killed on another node is taken over."""
    for learner, kind in (("hanging", "hangs"), ("next", "right")):
        hand_in(course, learner, submissions / kind / f"{EXERCISE}.ipynb")
    node7 = ("bwrap", "--dev-bind", "/", "/", "--die-with-parent", "--unshare-uts", "--hostname", "node7")
    first = _autograde_without_locks(course, "hanging", *node7)
    try:
        _wait_for(course / "autograded" / "hanging" / EXERCISE / f"{EXERCISE}.ipynb")
        second = _autograde_without_locks(course, "next")
        _, said = second.communicate(timeout=280)
        assert second.returncode == 1 and "another nbgrader autograde is at work in" in said
        assert first.poll() is None, "the first run ended too soon to say anything about two"
    finally:
        first.kill()
        first.communicate()
    third = _autograde_without_locks(course, "next")
    _, said = third.communicate(timeout=280)
    assert third.returncode == 0, said
    assert "took over" in said and "on node7, which did not give it up" in said
    assert scores_in(course)["next"]["freeze_test"] == 2.0


def test_a_notebook_with_another_name_is_named(course: Path, run: Run, submissions: Path):
    hand_in(course, "copied", submissions / "right" / f"{EXERCISE}.ipynb")
    handed_in = course / "submitted" / "copied" / EXERCISE / f"{EXERCISE}.ipynb"
    handed_in.rename(handed_in.with_name("mine.ipynb"))
    done = run("nbgrader", "autograde", EXERCISE, "--student", "copied", cwd=course, status=1, TL_COURSE_KEY=KEY)
    assert f"there is no {EXERCISE}.ipynb (but mine.ipynb): rename one, then run this again" in done.stderr
    assert scores_in(course).get("copied", {}).get("freeze_test") is None


def test_a_line_break_in_a_name_costs_nobody_else(course: Path, run: Run, submissions: Path):
    for learner in ("line\nbreak", "zz, after it"):
        hand_in(course, learner, submissions / "right" / f"{EXERCISE}.ipynb")
    done = run("nbgrader", "autograde", EXERCISE, cwd=course, status=1, TL_COURSE_KEY=KEY)
    assert "has a line break in its name, which nbgrader cannot take: rename it" in done.stderr
    assert scores_in(course)["zz, after it"]["freeze_test"] == 2.0
