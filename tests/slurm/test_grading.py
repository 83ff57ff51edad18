"""A class on Slurm ends as on one machine, and what Slurm shows to everybody holds no key."""

import os
import shutil
from pathlib import Path

import pytest
from classes_for_slurm import KEY, grade, records, results, start, until, write_class
from classes_for_slurm import finish as ended
from cluster import Cluster


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_class(tmp_path_factory.mktemp("class"), 6)


@pytest.fixture(scope="module")
def alone(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of one machine."""
    out = tmp_path_factory.mktemp("alone")
    grade(submissions, out)
    return out


def test_results_are_those_of_one_machine(
    slurm_cluster: Cluster, submissions: Path, alone: Path, tmp_path: Path
) -> None:
    out = tmp_path / "100% graded"
    grading = start(submissions, out, "--slurm", "--tasks", "2", "--time", "10")
    until(lambda: "--shard" in _command_lines(slurm_cluster))
    shown = _command_lines(slurm_cluster) + _all_that_slurm_shows(slurm_cluster) + _environments(slurm_cluster)
    assert str(submissions) in shown and KEY not in shown
    said = ended(grading)
    assert results(out) == results(alone)
    assert "6 graded, 0 not graded; isolation: full" in said and "Next: tl report" in said
    assert (out / "course.key").stat().st_mode & 0o777 == 0o600 and KEY not in (out / "cluster/script.sh").read_text()

    jobs = slurm_cluster.run("squeue", "-h", "--states=all")
    assert "6 of them from an earlier run" in grade(submissions, out, "--slurm")
    assert slurm_cluster.run("squeue", "-h", "--states=all") == jobs, "nothing waits, so no job is submitted"


def test_what_slurm_refuses_is_said_in_its_words(submissions: Path, tmp_path: Path) -> None:
    said = grade(submissions, tmp_path / "graded", "--slurm", "--partition", "nowhere", status=2)
    assert "error: Slurm refused the job: " in said and "invalid partition specified: nowhere" in said
    assert "Traceback" not in said and records(tmp_path / "graded") == []


def test_assembling_what_others_have_graded_needs_no_sandbox(
    submissions: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a login node, or the last job of a CI pipeline, has no bubblewrap."""
    out = tmp_path / "graded"
    shutil.copytree(alone, out)
    (out / "results.json").unlink()
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(f for f in folders if not (Path(f) / "bwrap").exists()))
    assert "6 of them from an earlier run" in grade(submissions, out)
    assert results(out) == results(alone)


def test_where_there_is_no_sbatch(submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(f for f in folders if not (Path(f) / "sbatch").exists()))
    said = grade(submissions, tmp_path / "graded", "--slurm", status=2)
    assert "there is no sbatch here" in said and "--shard" in said


@pytest.mark.slow
def test_without_waiting_and_with_ctrl_c_the_same_command_comes_back(
    slurm_cluster: Cluster, submissions: Path, alone: Path, tmp_path: Path
) -> None:
    out = tmp_path / "graded"
    options = ("--slurm", "--tasks", "2")
    said = grade(submissions, out, *options, "--no-wait")
    assert "Run the same command again" in said and "scancel --name=tl-grade-" in said
    assert not (out / "results.json").exists()
    waiting = start(submissions, out, *options)
    assert waiting.stderr is not None
    assert " of 6; " in waiting.stderr.readline()
    waiting.send_signal(2)
    assert "the jobs go on" in ended(waiting, status=2)
    grade(submissions, out, *options)
    assert results(out) == results(alone)
    name = next(word for word in said.split() if word.startswith("--name="))
    assert len(slurm_cluster.run("squeue", "-h", "--states=all", "--array", name).splitlines()) == 2, "none twice"


def _command_lines(cluster: Cluster) -> str:
    return _read(cluster, "cmdline")


def _environments(cluster: Cluster) -> str:
    return _read(cluster, "environ")


def _read(cluster: Cluster, name: str) -> str:
    texts = []
    for node in cluster.nodes:
        for pid in cluster.processes(node):
            try:
                texts.append(Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace").replace("\0", " "))
            except OSError:  # it has ended meanwhile
                continue
    return "\n".join(texts)


def _all_that_slurm_shows(cluster: Cluster) -> str:
    shown = cluster.run("squeue", "--array", "--format=%all") + cluster.run("scontrol", "show", "--details", "job")
    for job in cluster.run("squeue", "-h", "--format=%F").split():
        shown += cluster.run("scontrol", "write", "batch_script", job, "-")
    return shown
