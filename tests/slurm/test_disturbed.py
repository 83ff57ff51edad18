"""A class on Slurm that is disturbed: nothing is lost, nothing is there twice, nothing is zero that was not graded."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from classes_for_slurm import (
    finish,
    grade,
    grader_of,
    interrupt,
    records,
    results,
    start,
    until,
    write_class,
)
from cluster import Cluster

pytestmark = pytest.mark.slow

NO_FLOCK = str(Path(__file__).parents[1] / "no_flock.py")
SIZE = 12


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dozen learners; eight of them take four seconds each, so that there is time to disturb."""
    return write_class(tmp_path_factory.mktemp("class"), SIZE, seconds=4.0)


@pytest.fixture(scope="module")
def undisturbed(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The results of one machine, when nothing happens."""
    out = tmp_path_factory.mktemp("undisturbed")
    grade(submissions, out, "--jobs", "2")
    return results(out)


@pytest.fixture(autouse=True)
def nodes_are_whole(slurm_cluster: Cluster) -> Iterator[None]:
    yield
    slurm_cluster.run("scancel", "--user", str(os.getuid()), check=False)
    for node in slurm_cluster.nodes:
        slurm_cluster.run("scontrol", "update", f"node={node}", "state=resume", check=False)
    slurm_cluster.ready()


def _grader(cluster: Cluster) -> int:
    """The process of a task that grades."""
    return grader_of([pid for node in cluster.nodes for pid in cluster.processes(node)])


def test_a_task_that_is_killed(slurm_cluster: Cluster, submissions: Path, undisturbed: bytes, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    grading = start(submissions, out, "--slurm", "--tasks", "2")
    until(lambda: len(records(out)) >= 3)
    os.kill(_grader(slurm_cluster), signal.SIGKILL)
    said = finish(grading)
    assert "left over, " in said and "it ended before its work was done, perhaps killed" in said
    assert results(out) == undisturbed


def test_tasks_that_are_cancelled_stay_so_until_the_same_command(
    slurm_cluster: Cluster, submissions: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "graded"
    grading = start(submissions, out, "--slurm", "--tasks", "2")
    until(lambda: len(records(out)) >= 3)
    [job] = set(slurm_cluster.run("squeue", "-h", "--format=%F", "--states=running").split())
    slurm_cluster.run("scancel", job)
    said = finish(grading, status=2)
    assert ": it was cancelled" in said and "Run the same command again to go on" in said
    results(out)  # of those that were graded
    assert "1 earlier result" not in grade(submissions, out, "--slurm", "--tasks", "2")
    assert results(out) == undisturbed


def test_a_node_that_loses_its_power(
    slurm_cluster: Cluster, submissions: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "graded"
    grading = start(submissions, out, "--slurm", "--tasks", "2")
    until(lambda: all(slurm_cluster.processes(node) for node in slurm_cluster.nodes))
    until(lambda: len(records(out)) >= 3)
    slurm_cluster.kill_node("node2")
    try:
        finish(grading)
    finally:
        slurm_cluster.start_node("node2")
    assert results(out) == undisturbed


def test_a_node_that_is_drained(slurm_cluster: Cluster, submissions: Path, undisturbed: bytes, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    slurm_cluster.run("scontrol", "update", "node=node2", "state=drain", "reason=test")
    grading = start(submissions, out, "--slurm", "--tasks", "3")
    until(lambda: len(records(out)) >= 3)
    slurm_cluster.run("scontrol", "update", "node=node1", "state=drain", "reason=test")
    time.sleep(3)
    slurm_cluster.run("scontrol", "update", "node=node2", "state=resume")
    finish(grading)
    assert results(out) == undisturbed


def test_tasks_that_reach_their_time_limit(tmp_path: Path) -> None:
    """Slurm counts in minutes, and looks every half minute: a busy machine grades seven of these in two of them, and a
    class has three tries."""
    submissions = write_class(tmp_path / "class", 18, seconds=8.0)
    grade(submissions, tmp_path / "alone", "--jobs", "4")
    out = tmp_path / "graded"
    said = grade(submissions, out, "--slurm", "--tasks", "1", "--time", "2")
    assert "it reached its time limit (--time asks for more" in said
    assert results(out) == results(tmp_path / "alone")


def test_two_runs_into_one_folder(
    slurm_cluster: Cluster, submissions: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "graded"
    grading = start(submissions, out, "--slurm", "--tasks", "2")
    until(lambda: (out / "shards" / "1-of-2.json").exists())
    whole = start(submissions, out)
    assert "another tl grade --slurm is watching" in grade(submissions, out, "--slurm", status=2)
    assert "a part of a class is being graded into" in finish(whole, status=2)
    interrupt(grading)
    finish(grading, status=2)
    other = write_class(tmp_path / "other", 1)
    assert "jobs of another command are at work on" in grade(other, out, "--slurm", status=2)
    finish(start(submissions, out, "--slurm", "--tasks", "2"))
    assert results(out) == undisturbed


def test_a_shard_that_is_submitted_twice(submissions: Path, undisturbed: bytes, tmp_path: Path) -> None:
    """The second time is while the first is at work: by hand, with the script that Slurm has."""
    out = tmp_path / "graded"
    grading = start(submissions, out, "--slurm", "--tasks", "2")
    until(lambda: (out / "shards" / "1-of-2.json").exists())
    again = subprocess.run(
        ["sh", str(out / "cluster" / "script.sh")],
        env={**os.environ, "SLURM_ARRAY_TASK_ID": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert again.returncode == 2 and "error: shard 1/2 is being graded into" in again.stderr
    finish(grading)
    assert results(out) == undisturbed


def test_a_file_system_without_flock(
    slurm_cluster: Cluster, submissions: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    """The kernel itself refuses each flock of the nodes' tasks and of whoever waits for them."""
    launcher = (sys.executable, NO_FLOCK, "ENOSYS")
    out = tmp_path / "graded"
    for node in slurm_cluster.nodes:
        slurm_cluster.restart_node(node, launcher)
    try:
        grading = start(submissions, out, "--slurm", "--tasks", "2", before=launcher)
        until(lambda: len(list(out.glob("shards/*.lease"))) == 2)
        finish(grading)
    finally:
        for node in slurm_cluster.nodes:
            slurm_cluster.restart_node(node)
    assert results(out) == undisturbed
    assert list(out.rglob("*.lease")) == []


def test_nodes_without_a_sandbox(slurm_cluster: Cluster, submissions: Path, tmp_path: Path) -> None:
    for node in slurm_cluster.nodes:
        slurm_cluster.restart_node(node, ("bwrap", "--dev-bind", "/", "/", "--ro-bind", "/dev/null", "/usr/bin/bwrap"))
    out = tmp_path / "graded"
    try:
        said = grade(submissions, out, "--slurm", "--tasks", "2", status=2)
    finally:
        for node in slurm_cluster.nodes:
            slurm_cluster.restart_node(node)
    assert "isolation 'full' is not available on this machine" in said
    assert "12 submissions are left" in said and records(out) == []


def test_a_folder_that_the_nodes_do_not_share(slurm_cluster: Cluster, submissions: Path, tmp_path: Path) -> None:
    shared = tmp_path / "not-shared"
    shared.mkdir()
    for node in slurm_cluster.nodes:
        slurm_cluster.restart_node(node, ("bwrap", "--dev-bind", "/", "/", "--tmpfs", str(shared)))
    try:
        said = grade(submissions, shared / "graded", "--slurm", "--tasks", "2", status=2)
    finally:
        for node in slurm_cluster.nodes:
            slurm_cluster.restart_node(node)
    assert "is that on a file system that the nodes share?" in said
    assert "12 submissions are left" in said
