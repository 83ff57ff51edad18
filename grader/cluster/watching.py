"""Waiting for an array: how many records have come, and what its tasks are at."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.cluster.errors import Unreachable
from grader.cluster.slurm import Task, tasks_of

LOOK_SECONDS = 2.0
SHARE = 20.0
"""A look at the records of a large class takes long on a slow disk: at most a twentieth of the time goes into it."""
SEEN_SECONDS = 60.0
"""How long a job may stay unknown to squeue after it was submitted."""
NOTHING_SECONDS = 180.0
"""After how long it is said that a running task's log has not appeared."""

Count = Callable[[], int]
Progress = Callable[[int, str], None]


@dataclass
class Watch:
    """Watches the array `job` of the jobs called `name`, which has as many `tasks`."""

    name: str
    job: int
    tasks: int
    log_of: Callable[[int], Path]
    say: Callable[[str], None]
    stop: threading.Event
    last: dict[int, Task] = field(default_factory=dict)
    """What Slurm said last of each task."""
    _silent: bool = False
    _running: dict[int, float] = field(default_factory=dict)
    _warned: bool = False

    def wait(self, count: Count, progress: Progress) -> bool:
        """Wait until all tasks are over; whether they are. False: `stop` was set first.

        count: how many records have come. progress: told of these, and of the tasks, again and again.
        """
        began = time.monotonic()
        while True:
            looked = time.monotonic()
            over = self._look(looked - began)
            done = count()
            progress(done, self._state())
            if over:
                return True
            if self.stop.wait(max(LOOK_SECONDS, SHARE * (time.monotonic() - looked))):
                return False

    def _look(self, age: float) -> bool:
        try:
            found = tasks_of(self.name).get(self.job, {})
        except Unreachable as error:
            if not self._silent:
                self.say(f"{error}; the tasks go on, and so does waiting for them")
            self._silent = True
            return False
        self._silent = False
        self.last.update(found)
        self._log_appears(found)
        if not found and not self.last and age < SEEN_SECONDS:
            return False
        return all(task.ended for task in found.values())  # those that are not there were forgotten after their end

    def _log_appears(self, found: dict[int, Task]) -> None:
        now = time.monotonic()
        self._running = {n: self._running.get(n, now) for n, task in found.items() if task.state == "RUNNING"}
        for number, since in self._running.items():
            if not self._warned and now - since > NOTHING_SECONDS and not self.log_of(number).exists():
                self._warned = True
                self.say(
                    f"task {number} has been running for {now - since:.0f} seconds, and {self.log_of(number)} does not "
                    "appear: is that on a file system that the nodes share?"
                )

    def _state(self) -> str:
        """What the tasks are at, in a few words."""
        counts = Counter(task.state.lower() for task in self.last.values())
        reasons = Counter(
            t.reason
            for t in self.last.values()
            if t.state == "PENDING" and t.reason not in ("None", "JobArrayTaskLimit")
        )
        words = []
        for state in ("running", "pending"):
            if counts[state]:
                why = f" ({reasons.most_common(1)[0][0]})" if state == "pending" and reasons else ""
                words.append(f"{counts[state]} {state}{why}")
        return ", ".join(words) + (" of " if words else "") + f"{self.tasks} task{'s' if self.tasks > 1 else ''}"
