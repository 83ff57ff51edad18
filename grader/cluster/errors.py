"""What goes wrong with a cluster."""


class ClusterError(Exception):
    """The class cannot be graded on the cluster; the message says why and what to do."""


class Unreachable(ClusterError):
    """Slurm does not answer just now."""
