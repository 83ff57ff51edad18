"""`tl verify`: the proofs of many questions, and what is wrong with an exercise as a whole."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import torch

from grader.authoring import layout
from grader.authoring.answers import ANSWERS, names_of
from grader.authoring.proof import Proof, Shown, prove
from grader.exercise.catalogue import load_exercise
from grader.exercise.errors import AuthoringError

__all__ = ["ANSWERS", "Proof", "names_of", "run"]

Task = tuple[str, str, bool]
"""An exercise, one of its questions, and whether what wrong ideas are told is wanted."""


def run(
    names: Sequence[str],
    progress: Callable[[str], None] = lambda _: None,
    only: str | None = None,
    shows: dict[str, list[Shown]] | None = None,
    jobs: int = 1,
) -> list[Proof]:
    """The proof of every question of the named exercises, or of the question `only`.

    Where something is wrong with an exercise as a whole, or with files of none, a Proof without a question says so.
    What wrong ideas are told is added to `shows` by question. `jobs` questions are proved at once, each in a process of
    its own; the proofs are the same and in the same order. Raises UnknownExercise.
    """
    found: list[Proof | Task] = []
    problems = [] if only else list(layout.strangers())
    if problems:
        found.append(Proof("", "", problems=problems))
    for name in names:
        try:
            exercise = load_exercise(name)
        except AuthoringError as error:
            found.append(Proof(name, "", problems=error.problems))
            continue
        problems = [] if only else list(layout.of_exercise(exercise))
        if problems:
            found.append(Proof(name, "", problems=problems))
        ids = [question.id for question in exercise.questions if only in (None, question.id)]
        found += [(name, id, shows is not None) for id in ids]
    proved = iter(_proved([each for each in found if not isinstance(each, Proof)], jobs, progress))
    proofs = []
    for each in found:
        if isinstance(each, Proof):
            proofs.append(each)
            continue
        proof, told = next(proved)
        proofs.append(proof)
        if shows is not None:
            shows.setdefault(proof.question, []).extend(told)
    return proofs


def _proved(tasks: list[Task], jobs: int, progress: Callable[[str], None]) -> list[tuple[Proof, list[Shown]]]:
    """The proofs in the order of the tasks."""
    proved = []
    if min(jobs, len(tasks)) <= 1:
        for name, question, show in tasks:
            progress(f"{name} {question}")
            proved.append(_prove((name, question, show)))
        return proved
    # Not forked: this process may have threads, such as that of the progress bar.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(tasks)), context) as pool:
        futures = [pool.submit(_prove, task) for task in tasks]
        try:
            for (name, question, _), future in zip(tasks, futures, strict=True):
                progress(f"{name} {question}")
                try:
                    proved.append(future.result())
                except BrokenProcessPool:
                    said = f"{name} {question}: a process ended before the proof was done; try it with --jobs 1"
                    proved.append((Proof(name, question, problems=[said]), []))
        finally:
            pool.shutdown(cancel_futures=True)  # on Ctrl-C, what has not begun is not begun
    return proved


def _prove(task: Task) -> tuple[Proof, list[Shown]]:
    torch.set_num_threads(1)
    name, id, show = task
    exercise = load_exercise(name)
    told: list[Shown] = []
    proof = prove(exercise, exercise.question(id), ANSWERS, told)
    return proof, told if show else []
