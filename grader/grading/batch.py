"""Grading a class: every submission of a folder, results written as they come, resumed where it stopped."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

import torch

from grader.exercise.catalogue import exercise_names
from grader.exercise.libraries import imported_by, imported_in
from grader.grading.against import Against, against
from grader.grading.course_key import course_key, kept_key, remember_key
from grader.grading.judge import Judge, digest_of_file
from grader.grading.selection import EVERYBODY, Selection
from grader.grading.submission import package_version
from grader.judging.judged_by import files_of, judged_by
from grader.judging.time_limit import TIME_LIMIT
from grader.names import safe_name
from grader.remote.no_compiler import optimizers_without_compiler
from grader.results import RecordStore, SubmissionResult
from grader.results.feedback import feedback_given
from grader.sandbox import Sandbox, Tier
from grader.sandbox.launch import modules_for
from grader.sandbox.probe import choose
from grader.submissions import UNKNOWN, Found, NotReadable, find_submissions, read_bytes

Progress = Callable[[int, int, SubmissionResult | None], None]


@dataclass
class Summary:
    """What a run of `tl grade` did."""

    isolation: str
    results: Path
    graded: int = 0
    not_graded: int = 0
    resumed: int = 0
    judged_anew: int = 0
    """Unchanged submissions whose earlier results did not hold any more, because what judges them has changed since."""
    other_key: int | None = None
    """Unchanged submissions whose earlier results came from another course key; None where the key is the same."""
    interrupted: bool = False
    waiting: int = 0
    """Submissions left when the run was interrupted."""
    damaged: list[str] = field(default_factory=list)
    withdrawn: list[Path] = field(default_factory=list)
    """Records of earlier runs whose submissions are not in the folder any more. results.json has them."""
    changed: Against | None = None
    """What this run changed; None where it replaced no result."""
    overrides: list[str] = field(default_factory=list)
    """A sentence for each row of overrides.csv that has become moot, or waits for its submission to be graded."""

    def count(self, result: SubmissionResult) -> None:
        """Take a result into account."""
        self.graded += result.status == "graded"
        self.not_graded += result.status != "graded"


class Stop:
    """Asks a run to finish what it is at and stop: set by Ctrl-C."""

    def __init__(self) -> None:
        self.event = threading.Event()


class Grades(Protocol):
    """Who gives a submission's result: a judge in this process, or one in a worker's."""

    def result(self, sandbox: Sandbox, found: Found) -> SubmissionResult: ...


@dataclass(frozen=True)
class Settings:
    """How a class is graded: how many submissions at once, in which tier of isolation ("best" is the strongest there
    is), how many seconds one question may take, the course key (None: that of the results, or a new one), and whose
    submissions are graded."""

    jobs: int = 1
    isolation: str = "full"
    time_limit: float = TIME_LIMIT
    key: str | None = None
    selection: Selection = EVERYBODY


def grade_class(
    submissions: Path,
    out: Path,
    settings: Settings | None = None,
    progress: Progress = lambda done, total, result: None,
    stop: Stop | None = None,
) -> Summary:
    """Grade what `submissions` holds into `out`.

    Raises NoSubmissions, SandboxUnavailable, and the errors of grader.results (busy, full or read-only `out`): each
    says what to do, and nothing that was written before is lost. `progress(done, total, result)` is called after each.
    """
    torch.set_num_threads(1)
    optimizers_without_compiler()
    settings = settings or Settings()
    found = find_submissions(submissions, exercise_names())
    selected = settings.selection.of(found)
    store = RecordStore(out)
    with store.lock():
        earlier = kept_key(out)
        chosen = course_key(settings.key, out)
        tier = choose(settings.isolation)
        summary = Summary(tier.value, out / "results.json")
        if earlier is not None and earlier != chosen:
            settings.selection.keeps_the_key(out)
            summary.other_key = sum(_drawn_from(earlier, store, tier, one) for one in found)
        expected = [(one.learner, one.exercise) for one in found]
        store.remember_overrides(expected)  # a mistake in them is told before the class is graded, not after
        remember_key(chosen, out)
        run = _Run(
            store,
            Judge(chosen, settings.time_limit, feedback_given(out)),
            tier,
            summary,
            len(selected),
            progress,
            stop or Stop(),
        )
        exercises = {one.exercise for one in selected} & set(exercise_names())
        store.remember_judges((judged_by(name), name, files_of(name)) for name in sorted(exercises))
        run.grade(selected if settings.selection.again else run.take_up(selected), settings.jobs)
        store.forget_renamed(expected, exercise_names())
        summary.withdrawn = _forget_unknown(store.withdrawn(expected))
        overrides = store.remember_overrides(expected)
        summary.overrides = [*overrides.moot, *overrides.about(summary.withdrawn, store.path), *overrides.waiting]
        summary.results = store.write_results(package_version(), tier.value, summary.damaged)
        if store.replaced.run is not None:
            summary.changed = against(out, str(store.replaced.run))
    return summary


def _forget_unknown(withdrawn: list[Path]) -> list[Path]:
    """`withdrawn` without the records that only said of a folder that it could not be read; they are removed."""
    for path in withdrawn:
        if path.stem == safe_name(UNKNOWN):
            path.unlink(missing_ok=True)
    return [path for path in withdrawn if path.stem != safe_name(UNKNOWN)]


def _drawn_from(key: str, store: RecordStore, tier: Tier, found: Found) -> bool:
    """Whether an earlier result of this submission, drawn from `key`, would still hold."""
    if found.problem is not None or found.exercise not in exercise_names():
        return False
    try:
        digest = digest_of_file(found)
    except NotReadable:
        return False
    seeds = Judge(key, 1.0).seeds(found.exercise, digest)
    now = (found.learner, found.exercise, digest, package_version())
    return any(not store.needs_grading(*now, seed, tier.value) for seed in seeds)


@dataclass
class _Run:
    """One run over a class."""

    store: RecordStore
    judge: Judge
    tier: Tier
    summary: Summary
    total: int
    progress: Progress
    stop: Stop

    def take_up(self, found: list[Found]) -> list[Found]:
        """Count the results of an earlier run that still hold; the submissions without one are returned."""
        self.progress(0, self.total, None)
        waiting = []
        for one in found:
            kept = self._kept(one)
            if kept is None:
                waiting.append(one)
                continue
            self.summary.count(kept)
            self.summary.resumed += 1
            self.progress(self.summary.resumed, self.total, kept)
        return waiting

    def _kept(self, found: Found) -> SubmissionResult | None:
        """The result of an earlier run that still holds for this submission. Where only what it was judged by has
        changed, the summary counts it.
        """
        if found.problem is not None or found.exercise not in exercise_names():
            return None
        try:
            digest = digest_of_file(found)
        except NotReadable:
            return None
        for seed in self.judge.seeds(found.exercise, digest):
            now = (found.learner, found.exercise, digest, package_version(), seed, self.tier.value)
            if not self.store.needs_grading(*now, judged_by(found.exercise)):
                return self.store.judged(found.learner, found.exercise)
            self.summary.judged_anew += not self.store.needs_grading(*now)
        return None

    def grade(self, waiting: list[Found], jobs: int) -> None:
        """Grade `waiting`, `jobs` at a time, and write each result as it comes."""
        if waiting:
            exercises = {one.exercise for one in waiting}
            with (
                _graders(self.judge, self.tier, min(jobs, len(waiting)), exercises) as free,
                Sandbox(self.tier.value, preload=modules_for(_libraries(waiting))) as sandbox,
                ThreadPoolExecutor(max(1, jobs), thread_name_prefix="grade") as pool,
            ):
                self._collect([pool.submit(self._one, one, free, sandbox) for one in waiting])
        self.summary.interrupted = self.stop.event.is_set()

    def _one(self, found: Found, free: SimpleQueue[Grades], sandbox: Sandbox) -> SubmissionResult | None:
        if self.stop.event.is_set():
            return None
        grader = free.get()
        try:
            result = grader.result(sandbox, found)
        finally:
            free.put(grader)
        self.store.write(result)
        return result

    def _collect(self, futures: list[Future[SubmissionResult | None]]) -> None:
        summary = self.summary
        try:
            for future in as_completed(futures):
                result = future.result()
                if result is None:
                    summary.waiting += 1
                    continue
                summary.count(result)
                self.progress(summary.graded + summary.not_graded, self.total, result)
        except BaseException:
            self.stop.event.set()
            for future in futures:
                future.cancel()
            raise


def _libraries(waiting: list[Found]) -> set[str]:
    """The packages that sessions will import: as their exercises do, or as somebody does who handed in."""
    packages = imported_by({one.exercise for one in waiting})
    for one in waiting:
        try:
            packages |= imported_in(read_bytes(one.path, one.below)) if one.problem is None else set()
        except NotReadable:  # its result will say why
            continue
    return packages


@contextmanager
def _graders(judge: Judge, tier: Tier, jobs: int, exercises: set[str]) -> Iterator[SimpleQueue[Grades]]:
    """As many as are to work at once: with one, the judge itself; with more, a process for each, where one can fork.

    They are forked before the sandbox starts its threads, and after what they all need has been computed.
    """
    free: SimpleQueue[Grades] = SimpleQueue()
    if jobs <= 1 or sys.platform != "linux":
        free.put(judge)
        yield free
        return
    from grader.grading.worker import Worker

    judge.prepare(exercises)
    workers: list[Worker] = []
    try:
        for _ in range(jobs):
            workers.append(Worker(judge, tier))
            free.put(workers[-1])
        yield free
    finally:
        for worker in workers:
            worker.end()
