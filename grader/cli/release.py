"""`tl release`: the exercises for the places where learners and graders are."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import console


class Channel(StrEnum):
    """Whom a release is for."""

    nbgrader = "nbgrader"
    otter = "otter"
    learners = "learners"


def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder; for nbgrader also a course made by this.")],
    to: Annotated[Channel, typer.Option("--to", help="nbgrader, otter or learners.")],
    exercises: Annotated[
        list[str] | None, typer.Option("--exercise", "-e", help="One exercise, may be repeated; all without.")
    ] = None,
    course: Annotated[str, typer.Option(help="nbgrader: the id of the course.")] = "transfer-learning",
    exchange: Annotated[
        Path | None,
        typer.Option(help="nbgrader: the folder that everybody may write; nbgrader's own without.", show_default=False),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="otter: the course key, which goes into autograder.zip (default: $TL_COURSE_KEY, else new)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write the exercises to OUT for nbgrader, for otter and Gradescope, or as a bundle for learners.

    The same hidden tests give the same points in each. Nothing that is there is overwritten.
    """
    from ..channels.releasing import chosen

    names = chosen(exercises or [])
    if to is Channel.nbgrader:
        report = _nbgrader(out, names, course, exchange)
    elif to is Channel.learners:
        report = _learners(out, names)
    else:
        report = _otter(out, names, key)
    if as_json:
        console.print_json(report)
        return
    for line in report["say"]:
        console.say(line)
    for line in report["notes"]:
        console.note(line)


def _nbgrader(out: Path, names: list[str], course_id: str, exchange: Path | None) -> dict[str, list[str]]:
    from ..channels.nbgrader.course import write_course

    with console.steps("writing the course"):
        course = write_course(out, names, course_id, exchange)
    say = [f"{name}: {'added' if name in course.added else 'there already'}" for name in names]
    first = names[0]
    say.append(f"Next: cd {out} && nbgrader generate_assignment {first} && nbgrader release_assignment {first}")
    return {"written": course.added, "kept": course.kept, "say": say, "notes": course.notes}


def _learners(out: Path, names: list[str]) -> dict[str, list[str]]:
    from ..channels.learners import write_bundle

    with console.steps("building the bundle"):
        path = write_bundle(out, names)
    return {"written": [str(path)], "say": [f"{path}: {path.stat().st_size / 2**20:.1f} MiB"], "notes": []}


def _otter(out: Path, names: list[str], key: str | None) -> dict[str, list[str]]:
    from ..channels.otter import write_assignments

    with console.steps("writing the assignments", len(names)) as step:
        made = write_assignments(out, names, key, step)
    return {"written": [str(path) for path in made.files], "say": made.say, "notes": made.notes}
