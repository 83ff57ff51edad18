"""A class on Slurm from its submission to its results: submitted, watched, submitted again where something is left."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grader.cluster.errors import ClusterError
from grader.cluster.kept import FOLDER, Kept
from grader.cluster.left_over import LeftOver, left_over, sentences
from grader.cluster.options import Options
from grader.cluster.script import command_of, script_of
from grader.cluster.slurm import Task, require, submit, tasks_of
from grader.cluster.watching import Watch
from grader.files import cannot_write, write_atomic
from grader.grading import Settings, Summary
from grader.grading.course_key import ENVIRONMENT, kept_key
from grader.grading.elsewhere import what_waits
from grader.grading.shard import number_of
from grader.locks import Held, Lock
from grader.results import OutputBusy
from grader.submissions import Found

ATTEMPTS = 3
"""How often a part is submitted at most, by one command."""
SLOW_SECONDS = 30.0
"""How long records of a task that has done its work may take to appear on a shared file system."""

Progress = Callable[[int, int, str], None]


@dataclass
class Outcome:
    """How a command ended. summary: None while the jobs go on, for nobody waited for them to the end; jobs: their ids;
    name: what scancel can end them by; left: why something has not been graded."""

    summary: Summary | None
    jobs: list[str] = field(default_factory=list)
    name: str = ""
    left: list[str] = field(default_factory=list)
    of: int = 0
    """Submissions that the jobs grade."""


def grade_on_slurm(
    submissions: Path,
    out: Path,
    settings: Settings,
    options: Options,
    progress: Progress = lambda done, total, tasks: None,
    say: Callable[[str], None] = lambda line: None,
    stop: threading.Event | None = None,
    wait: bool = True,
) -> Outcome:
    """Grade a class by tasks of Slurm's that write into `out`, and collect what they did.

    The jobs go on when `stop` is set, or without `wait`; the same call finds them again. progress(done, total, tasks)
    counts submissions; `say` is given a line about what happens meanwhile.
    Raises ClusterError, NoSubmissions and the errors of grader.results; each says what to do.
    """
    require()
    lock = Lock(out / FOLDER / "watching.lock")
    try:
        (out / FOLDER).mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Held:
        raise OutputBusy(f"another tl grade --slurm is watching {out}: wait for it, or choose another --out") from None
    except OSError as error:
        raise cannot_write(error, out) from error
    try:
        run = _Run(submissions, out, settings, options, progress, say, stop or threading.Event())
        return run.go(wait)
    finally:
        lock.release()


@dataclass
class _Run:
    submissions: Path
    out: Path
    settings: Settings
    options: Options
    progress: Progress
    say: Callable[[str], None]
    stop: threading.Event

    def go(self, wait: bool) -> Outcome:
        command = command_of(self.submissions, self.out, self.settings)
        kept, at_work = self._found_again(command)
        if at_work and kept is not None:
            self._same_key(kept)
        self.class_ = what_waits(self.submissions, self.out, self.settings, at_work)
        if kept is None or not (at_work or self.settings.selection.again):
            kept = Kept.begin(self.out, command, self.options.count(len(self.class_.waiting)))
        self.kept = kept
        left = self._left()
        if left and not at_work:
            kept.jobs = []
            self._submit(left)
        if not wait and left:
            return Outcome(None, kept.jobs, kept.name, of=sum(map(len, left.values())))
        over = self._watch() if left or at_work else []
        if over is None:
            return Outcome(None, kept.jobs, kept.name, of=len(self.class_.waiting))
        summary = self.class_.collect(self.class_.came(kept.since))
        if not summary.waiting:
            kept.end(self.out)
        return Outcome(summary, kept.jobs, kept.name, sentences(over) if summary.waiting else [])

    def _found_again(self, command: list[str]) -> tuple[Kept | None, bool]:
        """A run that was begun here and has not ended, and whether its jobs are at work."""
        kept = Kept.load(self.out)
        if kept is None:
            return None, False
        at_work = any(not task.ended for tasks in tasks_of(kept.name).values() for task in tasks.values())
        if kept.command == command:
            return kept, at_work
        if at_work:
            raise ClusterError(
                f"jobs of another command are at work on {self.out}: wait for them, or end them with "
                f"scancel --name={kept.name}"
            )
        return None, False

    def _same_key(self, kept: Kept) -> None:
        """Jobs at work draw from the key in the output folder: it must not change under their hands."""
        given = self.settings.key or os.environ.get(ENVIRONMENT)
        if given and given != kept_key(self.out):
            raise ClusterError(
                f"the course key is not that of the jobs which are at work on {self.out} ({', '.join(kept.jobs)}): "
                "wait for them, or leave out --key"
            )

    def _left(self) -> dict[int, list[Found]]:
        """What has no record of this run, by the part that it belongs to."""
        came = {(one.learner, one.exercise) for one in self.class_.came(self.kept.since)}
        left: dict[int, list[Found]] = {}
        for one in self.class_.waiting:
            if (one.learner, one.exercise) not in came:
                left.setdefault(number_of(one, self.kept.count), []).append(one)
        return left

    def _submit(self, parts: dict[int, list[Found]]) -> None:
        kept = self.kept
        folder = Path(os.path.abspath(self.out / FOLDER))
        script = folder / "script.sh"
        write_atomic(script, script_of(kept.command, kept.count).encode())
        kept.save(self.out)  # before there is a job, so that none is lost sight of
        log = str(folder / "%A-%a.log").replace(str(folder), str(folder).replace("%", "%%"))
        kept.jobs.append(submit(script, kept.name, parts, log, self.options.words()))
        kept.save(self.out)
        count = sum(map(len, parts.values()))
        tasks = f"{len(parts)} task{'s' if len(parts) > 1 else ''}"
        self.say(f"job {kept.jobs[-1]}: {count} submission{'s' if count > 1 else ''} in {tasks}")

    def _watch(self) -> list[LeftOver] | None:
        """Wait for the array, and submit again what it has left over; what is left in the end. None: stopped."""
        attempts = 1
        while True:
            job = int(self.kept.jobs[-1]) if self.kept.jobs else max(tasks_of(self.kept.name), default=0)
            logs = partial(self._log, job)
            watch = Watch(self.kept.name, job, max(1, len(self._left())), logs, self.say, self.stop)
            if not watch.wait(lambda: len(self.class_.came(self.kept.since)), self._progress):
                return None
            left = self._settled(watch.last)
            over = [left_over(n, len(some), watch.last.get(n), self._log(job, n)) for n, some in sorted(left.items())]
            again = {one.number: left[one.number] for one in over if one.again}
            if again and len(again) < len(over):  # some nodes could: another try may lead there
                again |= {one.number: left[one.number] for one in over if _refused(one, watch.last)}
            if not again or attempts >= ATTEMPTS:
                return over
            for line in sentences(over):
                self.say(f"left over, {line}")
            attempts += 1
            self._submit(again)

    def _settled(self, last: dict[int, Task]) -> dict[int, list[Found]]:
        """What is left. A shared file system may take a while to show what a task has written."""
        for _look in range(int(SLOW_SECONDS)):
            left = self._left()
            late = any(last[n].state == "COMPLETED" for n in left if n in last)
            if not late or self.stop.wait(1.0):
                break
        return left

    def _log(self, job: int, number: int) -> Path:
        return self.out / FOLDER / f"{job}-{number}.log"

    def _progress(self, done: int, tasks: str) -> None:
        summary = self.class_.summary
        self.progress(summary.resumed + done, summary.resumed + len(self.class_.waiting), tasks)


def _refused(one: LeftOver, last: dict[int, Task]) -> bool:
    return one.number in last and last[one.number].state == "FAILED"
