"""What one session may use, on both sides of the control socket."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one session. A learner's process that runs into one gets an error or is ended; it costs nobody else.

    A process that asks for too much memory gets Python's MemoryError (torch: RuntimeError); the limits "together" are
    watched over the whole tree of processes every 50 ms and end the session.
    """

    cpu_seconds: float = 60.0  # CPU time, of each process and of all together
    memory_mib: int = 2048  # address space that a process may add to what the fork server has
    total_memory_mib: int = 3072  # memory of all processes together
    processes: int = 64  # processes and threads together
    file_mib: int = 64  # size of one file
    open_files: int = 256  # descriptors of one process
    scratch_mib: int = 256  # size of /tmp, which holds home and working directory
    scratch_files: int = 4096  # files and folders in it
    shared_mib: int = 256  # size of /dev/shm (full tier)
    sockets: int = 1000  # of all processes together: each holds 0.2 MiB of what nobody has read, which no limit counts

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not value > 0:
                raise ValueError(f"Limits.{name} must be above zero, not {value!r}")
