"""The Slurm of the tests is a real one: jobs run on its nodes, and it can be disturbed."""

import time
from pathlib import Path

from cluster import Cluster


def test_a_job_runs_on_a_node(slurm_cluster: Cluster, tmp_path: Path) -> None:
    script = "#!/bin/sh\necho $SLURM_JOB_ID on $SLURMD_NODENAME\n"
    job = slurm_cluster.submit(script, f"--output={tmp_path}/out")
    assert slurm_cluster.wait_for(job) == "COMPLETED"
    words = (tmp_path / "out").read_text().split()
    assert words[0] == job and words[2] in slurm_cluster.nodes


def test_an_array_runs_on_both_nodes(slurm_cluster: Cluster, tmp_path: Path) -> None:
    script = "#!/bin/sh\nsleep 2\necho $SLURM_ARRAY_TASK_ID $SLURMD_NODENAME\n"
    job = slurm_cluster.submit(script, "--array=1-2", f"--output={tmp_path}/%a")
    assert slurm_cluster.wait_for(job) == "COMPLETED"
    said = [(tmp_path / name).read_text().split() for name in ("1", "2")]
    assert [task for task, _node in said] == ["1", "2"]
    assert {node for _task, node in said} == set(slurm_cluster.nodes)


def test_a_job_that_is_cancelled_leaves_no_process(slurm_cluster: Cluster, tmp_path: Path) -> None:
    job = slurm_cluster.submit(f"#!/bin/sh\ntouch {tmp_path}/begun\nsleep 600\n", "--output=/dev/null")
    while not (tmp_path / "begun").exists():
        time.sleep(0.1)
    assert any(slurm_cluster.processes(node) for node in slurm_cluster.nodes)
    slurm_cluster.run("scancel", job)
    assert slurm_cluster.wait_for(job) == "CANCELLED"
    assert not any(slurm_cluster.processes(node) for node in slurm_cluster.nodes)
