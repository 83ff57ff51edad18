"""Grading a class: every submission of a folder, results written as they come, resumed where it stopped."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import torch

from grader.authoring.exercise import Exercise, exercise_names, load_exercise
from grader.grading.course_key import course_key, seed_of_exercise
from grader.grading.submission import grade, not_graded, package_version
from grader.judging.answer_key import AnswerKey
from grader.results import RecordStore, SubmissionResult
from grader.sandbox import Limits, Sandbox
from grader.submissions import Found, NotReadable, find_submissions, read_answers, read_bytes

TIME_LIMIT = 20.0
"""Seconds of wall time for one question. The slowest reference needs under one."""


@dataclass
class Summary:
    """What a run of `tl grade` did."""

    isolation: str
    results: Path
    graded: int = 0
    not_graded: int = 0
    resumed: int = 0
    interrupted: bool = False
    waiting: int = 0
    """Submissions left when the run was interrupted."""
    damaged: list[str] = field(default_factory=list)


class Stop:
    """Asks a run to finish what it is at and stop: set by Ctrl-C."""

    def __init__(self) -> None:
        self.event = threading.Event()


def grade_class(
    submissions: Path,
    out: Path,
    jobs: int = 1,
    isolation: str = "full",
    time_limit: float = TIME_LIMIT,
    key: str | None = None,
    progress: Callable[[int, int, SubmissionResult | None], None] = lambda done, total, result: None,
    stop: Stop | None = None,
    sandbox: Sandbox | None = None,
) -> Summary:
    """Grade what `submissions` holds into `out`.

    Raises NoSubmissions, SandboxUnavailable, and the errors of grader.results (busy, full or read-only `out`): each
    says
    what to do, and nothing that was written before is lost. `progress(done, total, result)` is called after each.
    """
    torch.set_num_threads(1)
    stop = stop or Stop()
    names = exercise_names()
    found = find_submissions(submissions, names)
    store = RecordStore(out)
    with store.lock():
        secret = course_key(key, out)
        with sandbox or Sandbox(isolation, Limits()) as box:
            summary = Summary(box.tier.value, out / "results.json")
            class_ = _Class(box, store, secret, time_limit)
            progress(0, len(found), None)
            with ThreadPoolExecutor(max(1, jobs), thread_name_prefix="grade") as pool:
                waiting = [pool.submit(class_.one, each, stop) for each in found]
                try:
                    for done, future in enumerate(as_completed(waiting), 1):
                        result, fresh = future.result()
                        if result is None:
                            summary.waiting += 1
                            continue
                        summary.resumed += not fresh
                        summary.graded += result.status == "graded"
                        summary.not_graded += result.status != "graded"
                        progress(done, len(found), result)
                except BaseException:
                    stop.event.set()
                    for future in waiting:
                        future.cancel()
                    raise
            summary.interrupted = stop.event.is_set()
            summary.results = store.write_results(package_version(), box.tier.value, summary.damaged)
    return summary


class _Class:
    """What the submissions of a class share: the sandbox, the answer keys, the store."""

    def __init__(self, sandbox: Sandbox, store: RecordStore, secret: str, time_limit: float):
        self.sandbox, self.store, self.secret, self.time_limit = sandbox, store, secret, time_limit
        self._keys: dict[str, tuple[Exercise, AnswerKey]] = {}
        self._lock = threading.Lock()

    def key(self, name: str) -> tuple[Exercise, AnswerKey]:
        with self._lock:
            if name not in self._keys:
                self._keys[name] = (load_exercise(name), AnswerKey(name, seed_of_exercise(self.secret, name)))
            return self._keys[name]

    def one(self, found: Found, stop: Stop) -> tuple[SubmissionResult | None, bool]:
        """The result of one submission, and whether it is fresh; (None, False) where the run is to stop."""
        if stop.event.is_set():
            return None, False
        tier = self.sandbox.tier.value
        if found.exercise not in exercise_names():
            return self._write(not_graded(None, None, found.learner, "", tier, found.problem or "", found.exercise))
        exercise, key = self.key(found.exercise)
        digest = ""
        try:
            if found.problem:
                raise NotReadable(found.problem)
            data = read_bytes(found.path)
            digest = hashlib.sha256(data).hexdigest()
            if not self.store.needs_grading(
                found.learner, found.exercise, digest, package_version(), key.exercise_seed, tier
            ):
                kept = self.store.load(found.learner, found.exercise)
                if kept is not None:
                    return kept, False
            answered = read_answers(data, exercise)
        except NotReadable as problem:
            return self._write(not_graded(exercise, key, found.learner, digest, tier, str(problem)))
        answered.remarks[:0] = found.remarks
        return self._write(grade(self.sandbox, exercise, key, answered, found.learner, digest, self.time_limit))

    def _write(self, result: SubmissionResult) -> tuple[SubmissionResult, bool]:
        self.store.write(result)
        return result, True
