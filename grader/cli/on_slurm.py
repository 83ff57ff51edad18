"""`tl grade --slurm`: what is asked of Slurm, one bar over all tasks, and how a wait ends."""

import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from . import console

if TYPE_CHECKING:
    from ..cluster import Options, Outcome
    from ..grading import Settings, Summary

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Asked:
    """The options of `tl grade` that are about Slurm, as they were given."""

    partition: str | None
    account: str | None
    reservation: str | None
    time: str | None
    memory: str | None
    tasks: int | None
    sbatch: str | None
    no_wait: bool

    def make_sense(self, slurm: bool, settings: "Settings") -> None:
        """Raises BadParameter where options do not go together."""
        if slurm and settings.shard is not None:
            raise typer.BadParameter("--slurm makes shards of its own: give one of the two", param_hint="--shard")
        given = [f"--{each.name.replace('_', '-')}" for each in fields(self) if getattr(self, each.name)]
        if given and not slurm:
            raise typer.BadParameter("this is asked of Slurm: add --slurm", param_hint=", ".join(given))

    def options(self, jobs: int) -> "Options":
        """The same as the cluster's room takes it."""
        from ..cluster import Options

        try:
            others = tuple(shlex.split(self.sbatch or ""))
        except ValueError as error:
            raise typer.BadParameter(f"{error}: quote it as for a shell", param_hint="--sbatch") from None
        named = (self.partition, self.account, self.reservation, self.time, self.memory, self.tasks)
        return Options(*named, jobs, others)

    def run(self, submissions: Path, out: Path, settings: "Settings") -> "Summary":
        """Grade on the cluster. Exits where nobody waits to the end: with 0 as asked, with 2 after Ctrl-C."""
        options = self.options(settings.jobs)
        from .light import without_name_parsers

        without_name_parsers()
        from ..cluster import grade_on_slurm

        stop = threading.Event()
        with console.interruptible(stop, "no longer waiting; the jobs go on"), _bar() as progress:
            outcome = grade_on_slurm(
                submissions, out, settings, options, progress, lambda line: console.note(console.plain(line)), stop,
                not self.no_wait,
            )  # fmt: skip
        if outcome.summary is None:
            _come_back(outcome)
            raise typer.Exit(0 if self.no_wait and not stop.is_set() else 2)
        for line in outcome.left:
            console.note(f"not graded, {console.plain(line)}")
        if outcome.summary.interrupted:
            console.note(f"{outcome.summary.waiting} submissions are left. Run the same command again to go on.")
        return outcome.summary


def _come_back(outcome: "Outcome") -> None:
    console.note(
        f"jobs of Slurm's: {', '.join(outcome.jobs) or outcome.name}. squeue --name={outcome.name} shows them,"
    )
    console.note(f"scancel --name={outcome.name} ends them. What is graded stays.")
    console.note("Run the same command again, at any time, to wait for them and to have the results.")


@contextmanager
def _bar() -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield _Lines().progress
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = [
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    ]
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("asking Slurm", total=None)
        yield lambda done, total, tasks: bars.update(task, completed=done, total=total, description=escape(tasks))


class _Lines:
    """Progress where there is no terminal: a line when tasks change their state, and about twenty on the way."""

    def __init__(self) -> None:
        self._said: tuple[int, str] | None = None

    def progress(self, done: int, total: int, tasks: str) -> None:
        """Say how far it is, if that is worth a line."""
        now = done * 20 // max(1, total), tasks
        if now != self._said:
            self._said = now
            console.note(console.plain(f"{done} of {total}; {tasks}"))
