"""What is asked of Slurm for the tasks of a class."""

from __future__ import annotations

from dataclasses import dataclass

EACH = 25
"""Submissions per task if nobody says how many tasks: the start of a task then costs little beside its work."""
MOST = 50
"""Tasks if nobody says how many."""


@dataclass(frozen=True)
class Options:
    """Options of sbatch, in Slurm's words; None is left to Slurm.

    tasks: how many tasks the class is parted into (None: one for 25 submissions, at most 50).
    jobs: submissions that a task grades at once, each of which gets a processor.
    others: further options of sbatch, as they are.
    """

    partition: str | None = None
    account: str | None = None
    reservation: str | None = None
    time: str | None = None
    memory: str | None = None
    tasks: int | None = None
    jobs: int = 1
    others: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """The options as sbatch takes them."""
        named = {
            "partition": self.partition,
            "account": self.account,
            "reservation": self.reservation,
            "time": self.time,
            "mem": self.memory,
        }
        given = [f"--{name}={value}" for name, value in named.items() if value is not None]
        return [f"--cpus-per-task={self.jobs}", "--requeue", *given, *self.others]

    def count(self, waiting: int) -> int:
        """How many parts a class with this many submissions to grade is parted into."""
        wanted = self.tasks if self.tasks is not None else min(MOST, -(-waiting // EACH))
        return max(1, min(wanted, waiting))
