"""`tl doctor`: the findings, and that what is missing comes with what to do about it."""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

from grader.cli import machine

NO_FLOCK = Path(__file__).parents[1] / "no_flock.py"


def test_it_says_what_this_machine_offers(tl):
    run = tl("doctor", "--json", SLURM_JOB_ID="")
    findings = {finding["name"]: finding for finding in json.loads(run.stdout)}
    assert run.returncode == (1 if any(f["status"] == "problem" for f in findings.values()) else 0)
    assert findings["torch"] == {"name": "torch", "status": "fine", "found": version("torch"), "advice": ""}
    assert findings["Python"]["found"].startswith(".".join(map(str, sys.version_info[:3])))
    assert findings["Jupyter kernel"]["status"] == "fine"
    assert findings["cluster"]["found"].startswith("not in a Slurm job")
    assert {"cores", "memory", "accelerator", "isolation", "node", "shell", "this folder"} <= set(findings)
    assert [f["name"] for f in json.loads(run.stdout)].count("isolation") == 1
    assert all(f["advice"] for f in findings.values() if f["status"] != "fine")


def test_in_words(tl):
    lines = tl("doctor").stdout.splitlines()
    assert any(line.split()[:2] == ["ok", "Python"] for line in lines)


def test_a_problem_makes_the_status_1(tl, tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('no torch here')\n")
    run = tl("doctor", PYTHONPATH=str(tmp_path))
    assert run.returncode == 1
    assert "torch cannot be imported: no torch here" in run.stdout
    assert "run make setup in the checkout" in run.stdout


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
