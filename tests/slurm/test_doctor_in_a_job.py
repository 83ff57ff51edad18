"""`tl doctor` in a job of the real Slurm says what was granted, and what it sees from outside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cluster import Cluster

TL = Path(sys.executable).parent / "tl"


def in_a_job(cluster: Cluster, folder: Path, *options: str) -> dict[str, dict[str, str]]:
    """What `tl doctor` finds in a job with these options, by the finding's name."""
    script = f"#!/bin/sh\ncd {folder}\n{TL} doctor --json > found.json 2> said\n"
    job = cluster.submit(script, f"--output={folder}/out", *options)
    cluster.wait_for(job, seconds=240)
    found = {finding["name"]: finding for finding in json.loads((folder / "found.json").read_text())}
    return {**found, "job": {"id": job}}


def test_a_job_is_told_as_it_was_asked_for(slurm_cluster: Cluster, tmp_path: Path) -> None:
    found = in_a_job(slurm_cluster, tmp_path, "--time=20", "--nodes=2", "--ntasks=2", "--mem=1500M", "--job-name=lab")
    row = found["cluster"]
    granted = (
        f"Slurm: job {found['job']['id']}, partition main, 2 nodes, 2 tasks, 1 core on this node, 1500 MiB, ends in "
    )
    assert row["found"].startswith(granted) and row["found"].endswith(" min of 20 min")
    assert row["status"] == "note"
    for words in ("before this one ends", "one task on one node", "one core is enough"):
        assert words in row["advice"]
    assert found["node"]["found"] in slurm_cluster.nodes
    assert found["portal"]["found"] == "not used: the job was started in another way"
    assert found["shell"]["status"] == "fine"
    assert "seconds, from" in found["importing torch"]["found"]


def test_outside_of_a_job_it_may_be_a_login_node(slurm_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    run = subprocess.run([TL, "doctor", "--json"], capture_output=True, text=True, timeout=240)
    found = {finding["name"]: finding for finding in json.loads(run.stdout)}
    assert "on a machine that has Slurm" in found["cluster"]["found"] and "login node" in found["cluster"]["advice"]
