"""What a notebook and `tl doctor` find out about the machine, and that what is missing comes with what to do."""

import json
import os
import re
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from grader.exercise.catalogue import ROOT
from tlcore.machine import (
    LOOKS,
    Finding,
    Page,
    as_text,
    cluster,
    environment,
    file_system,
    hardware,
    job,
    look_round,
    quota,
    software,
    this_machine,
)

STAGED = "/home/zoe/ondemand/data/sys/dashboard/batch_connect"

JOB = ("SLURM_JOB_ID", "SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_MEM_PER_NODE", "SLURM_JOB_NAME")
JOB += ("SLURM_JOB_PARTITION", "SLURM_JOB_START_TIME", "SLURM_JOB_END_TIME", "SLURMD_NODENAME", "SLURM_JOB_NUM_NODES")
JOB += ("SLURM_NTASKS", "SLURM_TASKS_PER_NODE")


def in_a_job(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """The environment of a Slurm job that sets these variables, or of no job."""
    for name in JOB:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")  # no squeue that knows of other jobs, and no sbatch
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_a_package_that_is_missing_or_too_old(monkeypatch):
    wanted = [
        "nosuchpackage-xyz>=1",
        "numpy>=999",
        "torch",
        "otherwise; sys_platform == 'nowhere'",
        "ruff; extra == 'dev'",
    ]
    monkeypatch.setattr(software, "requires", lambda name: wanted)
    missing, old, fine = software.packages()
    assert (missing.name, missing.status, missing.found) == ("nosuchpackage-xyz", "problem", "not installed")
    assert old.found == f"{version('numpy')}, and >=999 is needed"
    assert "make setup" in missing.advice
    assert "make setup" in old.advice
    assert (fine.name, fine.status) == ("torch", "fine")


@pytest.mark.parametrize(
    ("variables", "status", "found"),
    [
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_PER_TASK": "4"}, "fine", "Slurm: job 7, 4 cores a task"),
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "1"}, "note", "Slurm: job 7, 1 core on this node"),
        ({"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "sys/dashboard/sys/jupyter"}, "fine", "Open OnDemand: job 7"),
        (
            {"SLURM_JOB_ID": "7", "SLURM_JOB_NUM_NODES": "2", "SLURM_TASKS_PER_NODE": "2(x2)", "SLURM_NTASKS": "4"},
            "note",
            "Slurm: job 7, 2 nodes, 4 tasks",
        ),
    ],
)
def test_a_cluster(monkeypatch, variables: dict[str, str], status: str, found: str):
    in_a_job(monkeypatch, **variables)
    _, finding = cluster.session()
    assert (finding.status, finding.found) == (status, found)
    assert bool(finding.advice) == (status == "note")


def test_a_job_that_ends_soon_says_so(monkeypatch):
    in_a_job(monkeypatch, SLURM_JOB_ID="7", SLURM_JOB_PARTITION="atlas", SLURM_JOB_END_TIME=str(int(time.time()) + 605))
    _, finding = cluster.session()
    assert (finding.status, finding.found) == ("note", "Slurm: job 7, partition atlas, ends in 10 min")
    assert "save your notebook" in finding.advice
    monkeypatch.setenv("SLURM_JOB_END_TIME", str(int(time.time()) + 4 * 3600 + 65))
    _, finding = cluster.session()
    assert (finding.status, finding.found.rpartition(", ")[2]) == ("fine", "ends in 4 h 01 min")
    monkeypatch.setenv("SLURM_JOB_START_TIME", str(int(time.time()) - 4 * 3600 + 65))
    _, finding = cluster.session()
    assert finding.found.rpartition(", ")[2] == "ends in 4 h 01 min of 8 h 00 min"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4:05", 245), ("1:00:00", 3600), ("2-03:04:05", 183845), ("UNLIMITED", None), ("INVALID", None), ("", None)],
)
def test_times_as_slurm_writes_them(text: str, expected: float | None):
    assert job.seconds(text) == expected


@pytest.mark.parametrize(
    ("per_node", "tasks"), [("1", 1), ("2(x3)", 6), ("2(x3),1", 7), ("", None), ("many", None), ("2(x", None)]
)
def test_tasks_of_all_nodes(monkeypatch, per_node: str, tasks: int | None):
    in_a_job(monkeypatch, SLURM_JOB_ID="7", SLURM_TASKS_PER_NODE=per_node)
    assert job.current_job().tasks == tasks


@pytest.mark.parametrize(
    ("name", "folder", "app", "session"),
    [
        ("sys/dashboard/sys/jupyter", "", "sys/jupyter", None),
        ("ondemand/sys/dashboard/dev/my_app/sub", "", "dev/my_app/sub", None),
        ("ondemand-sys-dashboard-sys-jupyter", "", "sys-jupyter", None),
        ("x", f"{STAGED}/sys/jupyter/output/0a1b2c3d-1111-4222-8333-444455556666", "a session", "0a1b2c3d"),
        ("mysys/dashboard/sys/x", "/home/zoe", None, None),
        ("bash", "/home/zoe/batch_connect/output/results", None, None),
    ],
)
def test_what_open_ondemand_calls_a_job(name: str, folder: str, app: str | None, session: str | None):
    found = job.Job("7", name=name, folder=folder)
    assert (found.app, found.session) == (app, session)


def test_slurm_without_a_job_may_be_a_login_node(monkeypatch, tmp_path):
    in_a_job(monkeypatch)
    sbatch = tmp_path / "sbatch"
    sbatch.write_text("#!/bin/sh\n")
    sbatch.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    _, finding = cluster.session()
    assert finding.status == "note" and "login node" in finding.advice


def test_the_portal_and_the_node(monkeypatch):
    in_a_job(monkeypatch)
    assert next(cluster.session()).found == "not used"
    in_a_job(monkeypatch, SLURM_JOB_ID="7", SLURM_JOB_NAME="sys/dashboard/sys/jupyter", SLURMD_NODENAME="c042")
    assert next(cluster.session()).found == "Open OnDemand (sys/jupyter)"
    assert next(cluster.node()).found == "c042"
    monkeypatch.setenv("SLURM_JOB_NAME", "bash")
    assert "another way" in next(cluster.session()).found


def test_a_shell_that_runs_commands_and_one_that_does_not(monkeypatch, tmp_path):
    monkeypatch.setenv("SHELL", "/bin/sh")
    assert next(cluster.shell()) == Finding("shell", "fine", "/bin/sh runs commands")
    monkeypatch.setenv("SHELL", str(tmp_path / "gone"))
    (finding,) = cluster.shell()
    assert finding.status == "note" and "No such file" in finding.found and "Terminal" in finding.advice
    for script, why in (("exit 3", "status 3"), ("sleep 60", "no answer within 0.2 seconds")):
        shell = tmp_path / "shell"
        shell.write_text(f"#!/bin/sh\nexec /bin/sh -c '{script}'\n")
        shell.chmod(0o755)
        monkeypatch.setenv("SHELL", str(shell))
        monkeypatch.setattr(cluster, "SHELL_SECONDS", 5 if script == "exit 3" else 0.2)
        assert why in next(cluster.shell()).found


def test_disks_that_can_be_written_and_one_that_cannot(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    here, home = hardware.disk()
    assert (here.name, here.status, home.name) == ("this folder", "fine", "home folder")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(hardware, "ENOUGH_DISK", 2**80)
    assert next(hardware.disk()).status == "note"
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))
    here, home = hardware.disk()
    assert home.status == "note" and "nothing can be saved (No such file" in home.found and "quota" in home.advice


def program(folder: Path, name: str, says: str) -> None:
    """A program that prints this, whatever it is asked. Real quotas need a file system that has them."""
    (folder / f"{name}.txt").write_text(says)
    (folder / name).write_text(f"#!/bin/sh\ncat '{folder}/{name}.txt'\nexit 1\n")
    (folder / name).chmod(0o755)


QUOTA = """Disk quotas for user zoe (uid 1000):
     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
{place}-not-this-one      1   2   2   0   1   0   0   0
{place} {used}* {soft} {hard} 1700000000  311998       0       0       0
"""
LFS = """{place}
                {used}*  {soft} {hard} 6d23h59m51s 1000 0 0 -
"""


def test_a_quota_is_told_and_one_that_is_nearly_used_up(monkeypatch, tmp_path: Path):
    place, _ = file_system.mount_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    gib = 2**20  # in KiB
    for used, status in ((7 * gib, "fine"), (9.5 * gib, "note")):
        for soft, hard in ((10 * gib, 11 * gib), (0, 10 * gib), (10 * gib, 0)):
            program(tmp_path, "quota", QUOTA.format(place=place, used=int(used), soft=soft, hard=hard))
            row = next(hardware.disk())
            assert row.status == status and f", {used / gib:.1f} of 10.0 GiB of your quota used" in row.found
    program(tmp_path, "lfs", LFS.format(place=place, used=3 * gib, soft=0, hard=4 * gib))
    monkeypatch.setattr(quota, "mount_of", lambda path: (place, "lustre"))
    assert "3.0 of 4.0 GiB of your quota" in next(hardware.disk()).found


@pytest.mark.parametrize(
    "says", ["", "Disk quotas for user zoe (uid 1000): none\n", "{place} 5 0 0 0 1 0 0 0\n", "# 5 GB\n"]
)
def test_where_there_is_no_quota_none_is_told(monkeypatch, tmp_path: Path, says):
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    program(tmp_path, "quota", says.format(place=file_system.mount_of(tmp_path)[0]))
    assert quota.quota_of(tmp_path) is None
    (tmp_path / "quota").write_text("#!/bin/sh\nsleep 60\n")
    monkeypatch.setattr(quota, "SECONDS", 0.2)
    assert quota.quota_of(tmp_path) is None


SLOW_TORCH = "import time\ntime.sleep(0.4)\n"


def looked_at(folder: Path, program: str) -> str:
    """What a fresh process prints that finds this `torch` first."""
    (folder / "torch.py").write_text(SLOW_TORCH)
    paths = os.pathsep.join([str(folder), str(ROOT)])
    run = subprocess.run(
        [sys.executable, "-c", f"from tlcore.machine import environment as e\n{program}"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return run.stdout


def test_importing_torch_is_timed_once(tmp_path: Path):
    said = looked_at(tmp_path, "for _ in range(2): print(*e.importing())").splitlines()
    assert said[0] == said[1]
    seconds = float(re.search(r"found='([\d.]+) seconds, from ", said[0])[1])
    assert 0.4 <= seconds < 10 and sys.prefix in said[0] and "status='fine'" in said[0]


def test_where_torch_is_imported_already_a_fresh_process_tells(tmp_path: Path):
    said = looked_at(tmp_path, "import torch\nprint(*e.importing())")
    assert "seconds in a fresh process, from " in said


def test_a_slow_disk_is_a_note_with_its_seconds(tmp_path: Path):
    said = looked_at(tmp_path, "e.SLOW_IMPORT = 0.2\nprint(*e.importing())")
    assert "status='note'" in said and "first cell" in said
    (tmp_path / "more").mkdir()
    said = looked_at(tmp_path / "more", "import torch\ne.PATIENCE = 0.1\nprint(*e.importing())")
    assert "takes more than 0.1 seconds" in said


def test_a_torch_that_cannot_be_imported_is_left_to_its_own_row(monkeypatch):
    environment._seconds.cache_clear()
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(environment, "_PROGRAM", "import nosuchmodule")
    assert list(environment.importing()) == []
    environment._seconds.cache_clear()


def test_the_kind_of_a_file_system(monkeypatch, tmp_path: Path):
    assert file_system.kind_of(Path("/proc/self")) == "proc"
    assert file_system.kind_of(Path("/")) is not None
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "21 1 8:1 / / rw - ext4 /dev/sda rw\n"
        "30 21 0:40 / /scratch\\040disk rw,relatime shared:7 - lustre mds@tcp:/scratch rw\n"
        "31 21 0:41 / /scra rw - nfs4 server:/scra rw\n"
    )
    monkeypatch.setattr(file_system, "MOUNTS", mounts)
    assert file_system.kind_of(Path("/scratch disk/zoe")) == "lustre"
    assert file_system.kind_of(Path("/scratch")) == "ext4"
    monkeypatch.setattr(file_system, "MOUNTS", tmp_path / "none")
    assert file_system.kind_of(Path("/")) is None


def test_little_memory_is_a_note_with_advice(monkeypatch):
    monkeypatch.setattr(hardware, "_group_limit", lambda: 2**30)
    (finding,) = hardware.memory()
    assert (finding.status, finding.found) == ("note", "1.0 of 1.0 GiB free")
    assert "ask the batch system" in finding.advice


def test_a_kernel_of_another_environment(monkeypatch, tmp_path):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = ["/elsewhere/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Other", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (finding,) = software.kernel()
    assert (finding.status, finding.found) == ("problem", "python3 starts /elsewhere/bin/python, another environment")
    assert "ipykernel install" in finding.advice


def test_without_jupyter_it_says_what_still_works(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyter_client.kernelspec", None)
    (finding,) = software.kernel()
    assert (finding.name, finding.status) == ("Jupyter kernel", "problem") and "tl check" in finding.advice


def test_the_bundle_of_learners_asks_for_its_own_requirements(monkeypatch):
    def of_the_bundle(name: str) -> list[str]:
        if name != "tl-learner":
            raise PackageNotFoundError(name)
        return ["torch", "numpy>=999"]

    class Installed:
        def locate_file(self, name: str) -> Path:
            return ROOT / name

    monkeypatch.setattr(software, "requires", of_the_bundle)
    monkeypatch.setattr(software, "distribution", lambda name: Installed())
    fine, old = software.packages()
    assert (fine.name, old.status) == ("torch", "problem") and "tl_learner-*.whl" in old.advice
    monkeypatch.setattr(software, "DISTRIBUTIONS", {})
    (finding,) = software.packages()
    assert (finding.status, finding.name) == ("note", "packages")


def test_a_look_that_fails_is_a_problem_and_the_others_go_on(monkeypatch):
    def broken():
        raise OSError("no such luck")

    def sound():
        yield Finding("sound", "fine", "here")

    monkeypatch.delenv("TL_TRACEBACK", raising=False)
    first, second = look_round([broken, sound])
    assert (first.name, first.status, first.found) == ("broken", "problem", "OSError: no such luck") and first.advice
    assert second.name == "sound"
    monkeypatch.setenv("TL_TRACEBACK", "1")
    with pytest.raises(OSError, match="no such luck"):
        look_round([broken])


def test_the_page_says_it_as_text_and_as_a_table_in_which_nothing_is_markup():
    findings = [Finding("disk", "fine", "<b>room</b>"), Finding("memory", "note", "little", "close <i>programs</i>")]
    page = Page(findings)
    assert repr(page) == f"This machine is ready. Worth knowing: memory.\n{as_text(findings)}"
    assert as_text(findings).splitlines() == [
        " ok   disk    <b>room</b>",
        "note  memory  little",
        "              -> close <i>programs</i>",
    ]
    html = page._repr_html_()
    assert "<b>" not in html and "<i>" not in html and "&lt;b&gt;room" in html and "→ close" in html
    assert Page([*findings, Finding("torch", "problem", "gone", "install")]).headline == "To be mended: torch."
    assert Page(findings[:1]).headline == "This machine is ready."


def test_this_machine_has_a_page():
    page = this_machine()
    names = {finding.name for finding in page.findings}
    wanted = {"Python", "torch", "Jupyter kernel", "node", "portal", "shell", "cluster", "this folder", "isolation"}
    assert wanted <= names
    assert len(page.findings) >= len(LOOKS)
    assert Path(sys.executable).name in repr(page)
