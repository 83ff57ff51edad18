"""`tl verify`: is each question proved?"""

from dataclasses import asdict
from typing import Annotated

import typer

from . import console


def command(
    exercises: Annotated[
        list[str] | None, typer.Argument(metavar="[EXERCISE]...", help="Such as 02_feature_extraction; all without.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list with one object a question.")] = False,
) -> None:
    """Prove each question of the exercises.

    The reference passes, the blank scores zero, each misconception fails and is named, each alternative passes, and ten
    repeated runs agree. Exit status 1 where any question falls short.
    """
    from grader.exercise.catalogue import exercise_names
    from grader.exercise.errors import UnknownExercise

    known = exercise_names()
    names = list(dict.fromkeys(exercises or known))
    for name in names or [""]:
        if name not in known:
            raise UnknownExercise(name, known)
    with console.steps("proving") as step:
        step("(loading torch)")
        from ..authoring.verify import run

        proofs = run(names, step)
    if as_json:
        console.print_json([asdict(proof) for proof in proofs])
    else:
        rows = []
        for proof in proofs:
            wrong, right = proof.misconceptions, proof.alternatives
            rows.append(
                [
                    proof.exercise,
                    proof.question,
                    "passes" if proof.reference_passes else "FAILS",
                    f"{proof.blank_points:g}",
                    f"{wrong['caught']}/{wrong['total']}",
                    f"{wrong['named']}/{wrong['total']}",
                    f"{right['accepted']}/{right['total']}",
                    str(proof.disagreements),
                ]
            )
        columns = ["exercise", "question", "reference", "blank", "caught", "named", "accepted", "disagree"]
        console.table(columns, rows)
        for proof in proofs:
            for problem in proof.problems:
                console.say(f"{proof.exercise} {proof.question}: {problem}")
    if any(proof.problems for proof in proofs):
        raise typer.Exit(1)
