"""`tl verify`: is each question proved?"""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from tlcore.machine.hardware import usable_cores

from . import console


def command(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXERCISE [QUESTION]]...",
            help="Such as 02_feature_extraction, or 02_feature_extraction freeze; all without.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list with one object for each question.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Print what the holder of each wrong idea reads, in check and feedback.")
    ] = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=1, help="How many questions are proved at once.", show_default="all cores"),
    ] = usable_cores(),
) -> None:
    """Prove the questions of exercises, and say everything that falls short, with file and line.

    The reference and every right answer pass the hidden tests and the public check; the blank and doing nothing score
    zero; each misconception fails and is named; each wrong answer loses points; twenty repeated runs agree. Exit status
    1 if any question falls short.
    """
    chosen = _chosen(words or [])
    with console.steps("proving") as step:
        step("(loading torch)")
        from ..authoring.verify import run

        shows: dict[str, list[Any]] | None = {} if show else None
        proofs = [proof for names, question in chosen for proof in run(names, step, question, shows, jobs)]
    if as_json:
        console.print_json([asdict(proof) for proof in proofs])
    else:
        _print_table([proof for proof in proofs if proof.question])
        for question, told in (shows or {}).items():
            _print_told(question, told)
        for proof in proofs:
            for problem in proof.problems:
                console.say(problem)
    if any(proof.problems for proof in proofs):
        raise typer.Exit(1)


def _chosen(words: list[str]) -> list[tuple[list[str], str | None]]:
    """Exercises, each with the question that is asked for, if one is. Raises UnknownExercise, AuthoringError."""
    from grader.exercise.catalogue import exercise_names, load_exercise
    from grader.exercise.errors import AuthoringError, UnknownExercise

    known = exercise_names()
    if not known:
        raise UnknownExercise("", known)
    chosen: list[tuple[list[str], str | None]] = []
    for word in dict.fromkeys(words):
        if word in known:
            chosen.append(([word], None))
            continue
        if not chosen:
            raise UnknownExercise(word, known)
        [name], earlier = chosen[-1]
        ids = [question.id for question in load_exercise(name).questions]
        if word not in ids:
            raise AuthoringError(f"{name} has no question '{word}'; it has {', '.join(ids)}")
        if earlier is None:
            chosen.pop()
        chosen.append(([name], word))
    return _together(chosen) or [(known, None)]


def _together(chosen: list[tuple[list[str], str | None]]) -> list[tuple[list[str], str | None]]:
    """Exercises one after the other that are asked for as a whole, in one run, so that no core waits between them."""
    runs: list[tuple[list[str], str | None]] = []
    for names, question in chosen:
        if question is None and runs and runs[-1][1] is None:
            runs[-1][0].extend(names)
        else:
            runs.append(([*names], question))
    return runs


def _print_table(proofs: list[Any]) -> None:
    rows = []
    for proof in proofs:
        idea, right, wrong = proof.misconceptions, proof.alternatives, proof.wrong
        rows.append(
            [
                proof.exercise,
                proof.question,
                "passes" if proof.reference_passes else "FAILS",
                f"{proof.blank_points:g}",
                f"{idea['caught']}/{idea['total']}",
                f"{idea['named']}/{idea['total']}",
                f"{right['accepted']}/{right['total']}",
                f"{wrong['caught']}/{wrong['total']}",
                f"{proof.check['misses']} of {idea['total'] + wrong['total']}",
                str(proof.disagreements),
                f"{proof.seconds:.1f}",
            ]
        )
    columns = "exercise,question,reference,blank,caught,named,accepted,wrong,check misses,disagree,seconds".split(",")
    console.table(columns, rows)


def _print_told(question: str, told: list[Any]) -> None:
    """What each wrong answer is answered with."""
    for one in told:
        console.say(f"\n== {question}: {one.who}")
        console.say("-- the public check")
        console.say(str(one.report) if one.report is not None else "there is none")
        points = f"{one.verdict.points:g} of {one.verdict.max_points:g} points"
        console.say(f"-- the feedback: {one.verdict.status}, {points}")
        for advice in one.verdict.advice:
            console.say(f"   {advice.asks}")
        for behaviour in one.verdict.behaviours:
            console.say(f"   {'✓' if behaviour.passed else '✗'} {behaviour.name}")
            if behaviour.message:
                console.say(f"     {behaviour.message}")
