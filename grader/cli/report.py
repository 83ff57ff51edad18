"""`tl report`: the pages of a graded class."""

from pathlib import Path
from typing import Annotated

import typer

from . import console, records


def command(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="The folder that `tl grade --out` wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the pages go; into GRADED without.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print where the pages are as JSON.")] = False,
) -> None:
    """Write a feedback page for each learner and one page for the class.

    Each is one self-contained file that opens without a network. Exit status 1 where a record was damaged and left out.
    """
    found, damaged = records.load(graded)
    from .light import without_name_parsers

    without_name_parsers()
    from ..pages import missing_people, write_pages
    from ..results.feedback import note_feedback

    learners = len({record.learner for record in found})
    with console.steps("writing the page of", learners) as step:
        index = write_pages(out or graded, found, step, missing_people(graded))
    note_feedback(graded)
    if as_json:
        console.print_json({"index": str(index), "learners": learners, "damaged": damaged})
    else:
        console.say(f"{learners} feedback page{'' if learners == 1 else 's'} and the class: {index}")
    if damaged:
        raise typer.Exit(1)
