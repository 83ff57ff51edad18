"""A class that is graded elsewhere, shard by shard: what waits, what has come, and what is assembled at the end."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from grader.exercise.catalogue import exercise_names
from grader.grading.batch import Run, Settings, Stop, Summary, finish, judge_of
from grader.results import DamagedRecord, RecordStore
from grader.sandbox import Tier
from grader.submissions import Found, find_submissions


@dataclass
class Waiting:
    """A class whose submissions are graded by others. `waiting` are those that had no result which holds."""

    store: RecordStore
    found: list[Found]
    waiting: list[Found]
    summary: Summary

    def came(self, since: int) -> list[Found]:
        """Those of `waiting` whose record was written at `since` or later: nanoseconds, by the clock of the folder."""
        return [one for one in self.waiting if self._written(one) >= since]

    def _written(self, one: Found) -> int:
        try:
            return self.store.path(one.learner, one.exercise).stat().st_mtime_ns
        except OSError:
            return -1

    def collect(self, came: list[Found]) -> Summary:
        """Write results.json and results.csv of what is there; what has not come is counted as waiting."""
        summary = self.summary
        with self.store.lock() as lock:
            self.store.replaced.when = lock.began
            for one in came:
                try:
                    record = self.store.load(one.learner, one.exercise)
                except DamagedRecord:
                    record = None
                if record is not None:
                    summary.count(record)
                    summary.isolation = min(Tier(summary.isolation), record.isolation).value
            summary.waiting = len(self.waiting) - len(came)
            summary.interrupted = summary.waiting > 0
            finish(self.store, self.found, summary)
        return summary


def what_waits(submissions: Path, out: Path, settings: Settings, at_work: bool = False) -> Waiting:
    """What of a class has to be graded, with the course key kept in `out`, where whoever grades finds it.

    No sandbox is needed here. at_work: others are grading already, with the key that is there.
    Raises what grade_class raises, but SandboxUnavailable.
    """
    found = find_submissions(submissions, exercise_names())
    selected = settings.selection.of(found)
    store = RecordStore(out)
    # With "best", each machine takes what it has; a result from any tier holds.
    tier = Tier.NONE if settings.isolation == "best" else Tier(settings.isolation)
    summary = Summary(tier.value, out / "results.json")
    with nullcontext() if at_work else store.lock():
        judge = judge_of(settings, store, found, summary)
        run = Run(store, judge, tier, summary, len(selected), lambda done, total, result: None, Stop())
        waiting = selected if settings.selection.again else run.take_up(selected)
    if settings.isolation == "best":
        summary.isolation = Tier.FULL.value  # the weakest of all that graded is claimed in the end
    return Waiting(store, found, waiting, summary)
