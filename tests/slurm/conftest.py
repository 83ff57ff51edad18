"""A real Slurm for the tests, started for them and ended afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Cluster, missing, running_cluster


@pytest.fixture(scope="session")
def slurm_cluster() -> Iterator[Cluster]:
    """Two nodes of one processor each. Where Slurm is not installed, the test is skipped and says so."""
    if why := missing():
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="tl-slurm-"))  # short: sockets lie in it
    try:
        with running_cluster(folder) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def jobs_find_the_cluster(slurm_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that a test starts talk to the cluster of the tests, not to one of the machine."""
    for name, value in slurm_cluster.environment.items():
        monkeypatch.setenv(name, value)
