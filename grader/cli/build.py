"""`tl build`: exercises from solutions."""

from pathlib import Path
from typing import Annotated

import typer

from . import console


def command(
    exercises: Annotated[
        list[str] | None, typer.Argument(metavar="[EXERCISE]...", help="Such as 02_feature_extraction; all without.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 where a built file is stale.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of the files and their states.")] = False,
    root: Annotated[
        Path | None,
        typer.Option(help="The folder that holds solutions/, if it is not this checkout.", show_default=False),
    ] = None,
) -> None:
    """Build exercises/NN_topic.ipynb from solutions/NN_topic.py, and the table of exercises in README.md.

    Building twice changes nothing. Never edit a built file: edit its solution and build again.
    """
    from grader.exercise.catalogue import ROOT
    from grader.exercise.errors import AuthoringError, UnknownExercise

    from ..authoring.build import build

    folder = root.resolve() if root else ROOT
    try:
        with console.steps("building") as step:
            files = build(exercises or (), check, folder, step)
    except UnknownExercise:
        raise
    except AuthoringError as error:
        for problem in error.problems:
            console.error(problem)
        raise typer.Exit(1) from None
    if as_json:
        console.print_json(
            [
                {"exercise": file.exercise, "file": file.path.relative_to(folder).as_posix(), "state": file.state}
                for file in files
            ]
        )
    wrong = [file for file in files if file.state != "current"]
    if not check:
        for file in wrong:
            name = file.path.relative_to(folder).as_posix()
            if file.state == "orphan":
                console.note(f"{name} has no solution any more: {file.mend(folder)}")
            elif not as_json:
                console.say(f"built {name}")
        if not wrong and not as_json:
            console.say(f"all {len(files)} files are up to date")
        return
    for file in wrong:
        name = file.path.relative_to(folder).as_posix()
        console.note(f"{name} is {'without a solution' if file.state == 'orphan' else file.state}: {file.mend(folder)}")
    if wrong:
        raise typer.Exit(1)
    if not as_json:
        console.say(f"all {len(files)} files are up to date")
