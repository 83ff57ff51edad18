"""`tl doctor`: the findings, and that what is missing comes with what to do about it."""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from grader.cli import machine

NO_FLOCK = Path(__file__).parents[1] / "no_flock.py"


def test_it_says_what_this_machine_offers(tl):
    run = tl("doctor", "--json", SLURM_JOB_ID="")
    findings = {finding["name"]: finding for finding in json.loads(run.stdout)}
    assert run.returncode == (1 if any(f["status"] == "problem" for f in findings.values()) else 0)
    assert findings["torch"] == {"name": "torch", "status": "fine", "found": version("torch"), "advice": ""}
    assert findings["Python"]["found"].startswith(".".join(map(str, sys.version_info[:3])))
    assert findings["Jupyter kernel"]["status"] == "fine"
    assert findings["cluster"]["found"] == "not in a Slurm job"
    assert {"cores", "memory", "accelerator", "isolation"} <= set(findings)
    assert all(f["advice"] for f in findings.values() if f["status"] != "fine")


def test_in_words(tl):
    lines = tl("doctor").stdout.splitlines()
    assert any(line.split()[:2] == ["ok", "Python"] for line in lines)


def test_a_package_that_is_missing_or_too_old(monkeypatch):
    wanted = [
        "nosuchpackage-xyz>=1",
        "numpy>=999",
        "torch",
        "otherwise; sys_platform == 'nowhere'",
        "ruff; extra == 'dev'",
    ]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: wanted)
    missing, old, fine = machine.packages()
    assert (missing.name, missing.status, missing.found) == ("nosuchpackage-xyz", "problem", "not installed")
    assert old.found == f"{version('numpy')}, and >=999 is needed"
    assert "make setup" in missing.advice
    assert "make setup" in old.advice
    assert (fine.name, fine.status) == ("torch", "fine")


def test_a_problem_makes_the_status_1(tl, tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('no torch here')\n")
    run = tl("doctor", PYTHONPATH=str(tmp_path))
    assert run.returncode == 1
    assert "torch cannot be imported: no torch here" in run.stdout
    assert "-> run make setup in the checkout" in run.stdout


@pytest.mark.parametrize(
    ("variables", "status", "found"),
    [
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_PER_TASK": "4"}, "fine", "Slurm: job 7, 4 cores a task"),
        ({"SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "1"}, "note", "Slurm: job 7, 1 core on this node"),
        ({"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "sys/dashboard/sys/jupyter"}, "fine", "Open OnDemand: job 7"),
    ],
)
def test_a_cluster(monkeypatch, variables: dict[str, str], status: str, found: str):
    for name in ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_MEM_PER_NODE", "SLURM_JOB_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (finding,) = machine.cluster()
    assert (finding.status, finding.found) == (status, found)


def test_little_memory_is_a_note_with_advice(monkeypatch):
    monkeypatch.setattr(machine, "_group_limit", lambda: 2**30)
    (finding,) = machine.memory()
    assert (finding.status, finding.found) == ("note", "1.0 of 1.0 GiB free")
    assert "ask the batch system" in finding.advice


def test_a_kernel_of_another_environment(monkeypatch, tmp_path):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = ["/elsewhere/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Other", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (finding,) = machine.kernel()
    assert (finding.status, finding.found) == ("problem", "python3 starts /elsewhere/bin/python, another environment")
    assert "ipykernel install" in finding.advice


def test_without_jupyter_it_says_what_still_works(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyter_client.kernelspec", None)
    (finding,) = machine.kernel()
    assert (finding.name, finding.status) == ("Jupyter kernel", "problem") and "tl check" in finding.advice


def test_a_file_system_without_locks_is_a_note(tl):
    """The kernel answers `flock` as it does on Lustre that is mounted without it."""
    found = {finding["name"]: finding for finding in json.loads(tl("doctor", "--json").stdout)}
    assert (found["file locks"]["status"], found["file locks"]["advice"]) == ("fine", "")
    run = tl("doctor", "--json", launcher=(sys.executable, NO_FLOCK, "ENOSYS"))
    found = {finding["name"]: finding for finding in json.loads(run.stdout)}
    assert found["file locks"]["status"] == "note"
    assert re.fullmatch(r"none in .*/home \(Function not implemented\)", found["file locks"]["found"])
    assert "keep a lease there instead" in found["file locks"]["advice"]


def test_where_expected_values_are_kept(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("TL_CACHE", str(tmp_path))
    (finding,) = machine.kept_values()
    assert (finding.status, finding.found) == ("fine", f"0.0 MiB in {tmp_path / 'tl-exercises'}")
    monkeypatch.setenv("TL_CACHE", "")
    (finding,) = machine.kept_values()
    assert finding.status == "note"
    assert "TL_CACHE" in finding.advice
