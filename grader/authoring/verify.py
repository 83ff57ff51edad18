"""`tl verify`: the proofs of many questions, and what is wrong with an exercise as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from grader.authoring import layout
from grader.authoring.answers import ANSWERS, names_of
from grader.authoring.proof import Proof, Shown, prove
from grader.exercise.catalogue import load_exercise
from grader.exercise.errors import AuthoringError

__all__ = ["ANSWERS", "Proof", "names_of", "run"]


def run(
    names: Sequence[str],
    progress: Callable[[str], None] = lambda _: None,
    only: str | None = None,
    shows: dict[str, list[Shown]] | None = None,
) -> list[Proof]:
    """The proof of every question of the named exercises, or of the question `only`.

    Where something is wrong with an exercise as a whole, or with files of none, a Proof without a question says so.
    What wrong ideas are told is added to `shows` by question. Raises UnknownExercise.
    """
    torch.set_num_threads(1)
    proofs = []
    problems = [] if only else list(layout.strangers())
    if problems:
        proofs.append(Proof("", "", problems=problems))
    for name in names:
        try:
            exercise = load_exercise(name)
        except AuthoringError as error:
            proofs.append(Proof(name, "", problems=error.problems))
            continue
        problems = [] if only else list(layout.of_exercise(exercise))
        if problems:
            proofs.append(Proof(name, "", problems=problems))
        for question in exercise.questions:
            if only in (None, question.id):
                progress(f"{name} {question.id}")
                collected = shows.setdefault(question.id, []) if shows is not None else None
                proofs.append(prove(exercise, question, ANSWERS, collected))
    return proofs
