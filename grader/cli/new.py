"""`tl new`: the files of a question."""

from pathlib import Path
from typing import Annotated

import typer

from . import console


def command(
    exercise: Annotated[str, typer.Argument(metavar="NN_topic", help="Such as 05_fine_tuning; it may be new.")],
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="Its id, in snake_case.")],
    root: Annotated[
        Path | None,
        typer.Option(help="The folder that holds solutions/, if it is not this checkout.", show_default=False),
    ] = None,
) -> None:
    """Write the files of a question in every room, each with TODO where something is to be written.

    Files that are there already stay as they are; the question's cells are added at the end of the solution file. Until
    the files are filled, `tl verify NN_topic QUESTION` says what is left.
    """
    from grader.exercise.catalogue import ROOT

    from ..authoring.new import new

    folder = root.resolve() if root else ROOT
    written = new(exercise, question, folder)
    for path in written:
        console.say(f"wrote {path.relative_to(folder).as_posix()}")
    if not written:
        console.say("nothing is missing")
    console.say(f"Next: fill in every TODO, then tl build {exercise} and tl verify {exercise} {question};")
    console.say("when it has no problem, make lint and make test.")
