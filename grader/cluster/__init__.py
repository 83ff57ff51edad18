"""Grading a class on a cluster: Slurm runs shards of it, and this room submits, watches and collects.

There is no server and no port. What the tasks and the watcher share is the output folder: tasks write records there,
one file per submission, and the watcher counts them.
"""

from grader.cluster.errors import ClusterError
from grader.cluster.options import Options
from grader.cluster.running import Outcome, grade_on_slurm

__all__ = ["ClusterError", "Options", "Outcome", "grade_on_slurm"]
